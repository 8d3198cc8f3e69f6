// SPDX-License-Identifier: Apache-2.0
// SPI slave in mode 0: turns transfers into accesses of a byte bus. A transfer is a command byte, three bytes of address with the highest first, and
// data; the address moves on by one a byte. A read has one byte between address and data. Unknown commands are ignored to the transfer's end.
//
// Handshake: spi_* may come at any time; a serial clock of up to an eighth of clk_i's frequency is followed. bus_write_o and bus_read_o are 1 for one
//            cycle; the byte that was read must be on bus_read_data_i four cycles later and hold.
// Latency:   three cycles from a pin to what it causes.
// Parameters: none.
`default_nettype none

module phasic_spi (
  input  logic        clk_i,
  input  logic        rst_ni,
  input  logic        spi_clk_i,
  input  logic        spi_select_ni,
  input  logic        spi_data_i,
  output logic        spi_data_o,
  output logic        bus_write_o,
  output logic        bus_read_o,
  output logic [23:0] bus_address_o,
  output logic [7:0]  bus_write_data_o,
  input  logic [7:0]  bus_read_data_i
);
  typedef enum logic [2:0] {SpiCommand, SpiAddress, SpiDummy, SpiRead, SpiWrite, SpiIgnore} state_e;
  state_e state_q;

  // Two stages against metastability, and one to see edges.
  logic [2:0] clk_q;
  logic [1:0] select_n_q, data_q;
  logic       rise, fall, selected, byte_done;
  logic [2:0] bit_q;
  logic [1:0] address_byte_q;
  logic [6:0] in_q;
  logic [7:0] in_byte, out_q, command_q;
  logic       advance_q;

  assign selected  = !select_n_q[1];
  assign rise      = selected && clk_q[1] && !clk_q[2];
  assign fall      = selected && !clk_q[1] && clk_q[2];
  assign in_byte   = {in_q, data_q[1]};
  assign byte_done = rise && bit_q == 3'd7;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      clk_q      <= '0;
      select_n_q <= '1;
      data_q     <= '0;
    end else begin
      clk_q      <= {clk_q[1:0], spi_clk_i};
      select_n_q <= {select_n_q[0], spi_select_ni};
      data_q     <= {data_q[0], spi_data_i};
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      state_q        <= SpiCommand;
      bit_q          <= '0;
      address_byte_q <= '0;
      bus_write_o    <= 1'b0;
      bus_read_o     <= 1'b0;
      advance_q      <= 1'b0;
    end else begin
      bus_write_o <= 1'b0;
      bus_read_o  <= 1'b0;
      advance_q   <= bus_write_o || bus_read_o;
      if (!selected) begin
        state_q        <= SpiCommand;
        bit_q          <= '0;
        address_byte_q <= '0;
      end else if (rise) begin
        bit_q <= bit_q + 1'b1;
        if (byte_done) begin
          case (state_q)
            SpiCommand:
              state_q <= (in_byte == 8'(phasic_pkg::SerialCommandWrite) || in_byte == 8'(phasic_pkg::SerialCommandRead)) ? SpiAddress : SpiIgnore;
            SpiAddress: begin
              address_byte_q <= address_byte_q + 1'b1;
              if (address_byte_q == 2'd2) begin
                state_q    <= (command_q == 8'(phasic_pkg::SerialCommandRead)) ? SpiDummy : SpiWrite;
                bus_read_o <= command_q == 8'(phasic_pkg::SerialCommandRead);
              end
            end
            SpiDummy: begin
              state_q    <= SpiRead;
              bus_read_o <= 1'b1;
            end
            SpiRead:  bus_read_o <= 1'b1;
            SpiWrite: bus_write_o <= 1'b1;
            default:  state_q <= state_q;
          endcase
        end
      end
    end
  end

  always_ff @(posedge clk_i) begin
    if (rise) in_q <= in_byte[6:0];
    if (byte_done) begin
      bus_write_data_o <= in_byte;
      if (state_q == SpiCommand) command_q <= in_byte;
    end
    if (byte_done && state_q == SpiAddress) bus_address_o <= {bus_address_o[15:0], in_byte};
    else if (advance_q) bus_address_o <= bus_address_o + 24'd1;
    // The byte that was read waits from the end of the one before on; the bus has read the next one when that is gone. The pin changes after
    // falling edges only, so that the last bit of a byte holds as long as the others.
    if (byte_done) out_q <= bus_read_data_i;
    else if (fall) out_q <= {out_q[6:0], 1'b0};
    if (fall) spi_data_o <= out_q[7];
  end
endmodule

`default_nettype wire
