// SPDX-License-Identifier: Apache-2.0
// phasic_spi: a transfer of the command write gives exactly one bus write for each byte that follows its address, a transfer of the command read
// exactly one bus read at the end of the address and of each byte after it, three cycles after the rising edge of the byte's last bit;
// nothing else gives an access: no other command, no part of a byte, no other cycle. The address is that of the transfer and counts on by one an access;
// the byte written is the eight bits at the rising edges. However a transfer ends, the next one starts afresh. A byte that the bus gave goes
// out highest bit first, each bit in time for the rising edge at which the master takes it, and the pin changes after falling edges only.
//
// Assumes: a master in mode 0: its clock rests low while it selects and keeps each level for Half cycles or more, freely chosen, and select too.
//          It may deselect in any cycle; its bits may change in every cycle. A byte that was read is there four cycles after bus_read_o and
//          holds until the next read; before, and if none was read, the bus gives anything.
// Sizes:   Half = 4, the fastest clock that is allowed. For the search from reset, where a byte of that clock is 64 cycles, also Half = 1 with Even: every
//          level takes one cycle, the first transfer is broken off after Length cycles, and the next one goes on. All holds there too, but for the
//          bits out, which are late at the pin, though not in their order.
`default_nettype none

module proof_spi #(
  parameter int Half   = 4,
  parameter bit Even   = 1'b0,
  parameter int Length = 0
) (
  input logic       clk_i,
  input logic       select_i,
  input logic       deselect_i,
  input logic       toggle_i,
  input logic       spi_data_i,
  input logic [7:0] bus_read_data_i
);
  localparam logic [7:0] Write = 8'(phasic_pkg::SerialCommandWrite);
  localparam logic [7:0] Read  = 8'(phasic_pkg::SerialCommandRead);

  logic        rst_n = 1'b0;
  logic        spi_data_out, bus_write, bus_read;
  logic [23:0] bus_address;
  logic [7:0]  bus_write_data;

  always_ff @(posedge clk_i) rst_n <= 1'b1;

  // The master. steady_q counts the cycles since an edge of its clock or select.
  logic       spi_clk_q = 1'b0, select_n_q = 1'b1, may_change;
  logic [1:0] steady_q = 2'd0;
  logic [5:0] length_q;
  logic       broken_off_q, selects, deselects;
  assign may_change = steady_q >= 2'(Half - 1);
  assign selects    = Even || select_i;
  assign deselects  = Even ? !broken_off_q && 32'(length_q) == 32'(Length) : deselect_i;
  always_ff @(posedge clk_i) begin
    if (!rst_n) begin
      length_q     <= '0;
      broken_off_q <= 1'b0;
    end else if (!select_n_q) begin
      length_q     <= length_q + 6'd1;
      broken_off_q <= broken_off_q || deselects;
    end
  end
  always_ff @(posedge clk_i) begin
    if (steady_q != 2'd3) steady_q <= steady_q + 2'd1;
    if (!rst_n) begin
      steady_q <= 2'd0;
    end else if (select_n_q) begin
      // After a transfer that ends while the clock is high.
      spi_clk_q <= 1'b0;
      if (spi_clk_q) begin
        steady_q <= 2'd0;
      end else if (selects && may_change) begin
        select_n_q <= 1'b0;
        steady_q   <= 2'd0;
      end
    end else if (deselects) begin
      select_n_q <= 1'b1;
      steady_q   <= 2'd0;
    end else if (may_change && (toggle_i || Even)) begin
      spi_clk_q <= !spi_clk_q;
      steady_q  <= 2'd0;
    end
  end

  phasic_spi dut (
    .clk_i,
    .rst_ni          (rst_n),
    .spi_clk_i       (spi_clk_q),
    .spi_select_ni   (select_n_q),
    .spi_data_i,
    .spi_data_o      (spi_data_out),
    .bus_write_o     (bus_write),
    .bus_read_o      (bus_read),
    .bus_address_o   (bus_address),
    .bus_write_data_o(bus_write_data),
    .bus_read_data_i
  );

  // The pins as they were: the highest bit is the oldest.
  logic [2:0] clk_was_q;
  logic [1:0] select_n_was_q, data_was_q;
  logic       seen_rise, seen_fall, bit_in;
  always_ff @(posedge clk_i) begin
    if (!rst_n) begin
      clk_was_q      <= '0;
      select_n_was_q <= '1;
      data_was_q     <= '0;
    end else begin
      clk_was_q      <= {clk_was_q[1:0], spi_clk_q};
      select_n_was_q <= {select_n_was_q[0], select_n_q};
      data_was_q     <= {data_was_q[0], spi_data_i};
    end
  end
  assign seen_rise = !select_n_was_q[1] && clk_was_q[1] && !clk_was_q[2];
  assign seen_fall = !select_n_was_q[1] && !clk_was_q[1] && clk_was_q[2];
  assign bit_in    = data_was_q[1];

  // The transfer as it was at the pins two cycles ago: bits_q of its bits have come; from 40 on they count round in a byte.
  logic [5:0]  bits_q;
  logic [7:0]  command_q, byte_q;
  logic [23:0] address_q, accesses_q;
  logic        byte_ends, gives_write, gives_read;
  assign byte_ends   = seen_rise && bits_q[2:0] == 3'd7;
  assign gives_write = byte_ends && bits_q > 6'd32 && command_q == Write;
  assign gives_read  = byte_ends && bits_q > 6'd30 && command_q == Read;
  // What follows from it in the next cycle.
  logic        write_q, read_q, fell_q, out_q;
  logic [23:0] access_address_q;
  always_ff @(posedge clk_i) begin
    write_q          <= rst_n && gives_write;
    read_q           <= rst_n && gives_read;
    fell_q           <= rst_n && seen_fall;
    out_q            <= spi_data_out;
    access_address_q <= ((bits_q == 6'd31) ? {address_q[22:0], bit_in} : address_q) + accesses_q;
    if (!rst_n || select_n_was_q[1]) begin
      bits_q     <= '0;
      accesses_q <= '0;
    end else if (seen_rise) begin
      bits_q <= (bits_q == 6'd47) ? 6'd40 : bits_q + 6'd1;
      byte_q <= {byte_q[6:0], bit_in};
      if (bits_q < 6'd8) command_q <= {command_q[6:0], bit_in};
      else if (bits_q < 6'd32) address_q <= {address_q[22:0], bit_in};
      if (gives_write || gives_read) accesses_q <= accesses_q + 24'd1;
    end
  end

  // The bus. Of the byte that it gave, the master sees the bits after the end of the byte that it was read in.
  logic [2:0] read_age_q;
  logic       given_q;
  logic [7:0] given_byte_q, bus_was_q, going_out_q;
  always_ff @(posedge clk_i) begin
    bus_was_q <= bus_read_data_i;
    if (!rst_n) begin
      read_age_q <= '0;
      given_q    <= 1'b0;
    end else if (bus_read) begin
      read_age_q <= 3'd1;
      given_q    <= 1'b0;
    end else begin
      if (read_age_q != 3'd0 && read_age_q != 3'd4) read_age_q <= read_age_q + 3'd1;
      if (read_age_q == 3'd4 && !given_q) begin
        given_q      <= 1'b1;
        given_byte_q <= bus_read_data_i;
      end
    end
    if (byte_ends) going_out_q <= given_byte_q;
    assume (!(given_q && !bus_read) || bus_read_data_i == bus_was_q);
  end

  logic [2:0] place;
  logic       reads_out, pin_rises;
  assign place     = bits_q[2:0];
  assign reads_out = bits_q >= 6'd40 && command_q == Read;
  assign pin_rises = rst_n && !select_n_q && spi_clk_q && !clk_was_q[0];

  always_ff @(posedge clk_i) begin
    if (rst_n) begin
      assert (bus_write == write_q);
      assert (bus_read == read_q);
      assert (!(write_q || read_q) || bus_address == access_address_q);
      assert (!write_q || bus_write_data == byte_q);
      assert (fell_q || spi_data_out == out_q);
      // With the last falling edge three or more cycles ago, all edges before this one have been seen.
      if (Half > 3) assert (!(pin_rises && reads_out) || spi_data_out == going_out_q[3'd7 - place]);
      // At any clock: the bits in their order, after each falling edge.
      assert (!(fell_q && reads_out && !clk_was_q[2]) || spi_data_out == going_out_q[3'd7 - place]);
    end
  end

  always_ff @(posedge clk_i) begin
    if (rst_n) begin
      if (Half > 3) begin
        cover (pin_rises && bits_q == 6'd2);
      end else begin
        cover (write_q && bus_address == 24'hc00001 && bus_write_data == 8'h96);
        cover (read_q && accesses_q == 24'd3 && bus_address == 24'd1 && going_out_q == 8'h69);
      end
    end
  end

`ifdef INVARIANTS
  (* hierconn *) logic [2:0] \dut.state_q , \dut.clk_q , \dut.bit_q ;
  (* hierconn *) logic [1:0] \dut.select_n_q , \dut.data_q , \dut.address_byte_q ;
  (* hierconn *) logic [6:0] \dut.in_q ;
  (* hierconn *) logic [7:0] \dut.out_q , \dut.command_q ;
  (* hierconn *) logic       \dut.advance_q ;
  localparam logic [2:0] Command = 3'd0, Address = 3'd1, Dummy = 3'd2, Reads = 3'd3, Writes = 3'd4, Ignore = 3'd5;
  logic known, level;
  logic [23:0] whole_bytes;
  assign known       = command_q == Write || command_q == Read;
  assign level       = clk_was_q[2];
  assign whole_bytes = address_q >> place;
  always_ff @(posedge clk_i) begin
    if (rst_n) begin
      // The pins.
      assert (dut.clk_q == clk_was_q && dut.select_n_q == select_n_was_q && dut.data_q == data_was_q);
      assert (steady_q < 2'd1 || clk_was_q[0] == spi_clk_q);
      assert (steady_q < 2'd2 || clk_was_q[1] == spi_clk_q);
      assert (steady_q < 2'd3 || clk_was_q[2] == spi_clk_q);
      if (Half > 3) assert (!pin_rises || clk_was_q == 3'd0);
      // Where the transfer stands.
      assert (bits_q < 6'd48 && dut.bit_q == place);
      assert ((dut.in_q ^ byte_q[6:0]) << (3'd7 - place) == 7'd0 || place == 3'd0);
      if (bits_q < 6'd8) begin
        assert (dut.state_q == Command && accesses_q == 24'd0 && dut.address_byte_q == 2'd0);
        assert (place == 3'd0 || (command_q ^ byte_q) << (4'd8 - {1'b0, place}) == 8'd0);
      end else begin
        assert (dut.command_q == command_q);
        if (!known) assert (dut.state_q == Ignore);
        else if (bits_q < 6'd32) assert (dut.state_q == Address && dut.address_byte_q == 2'(bits_q[4:3] - 2'd1) && accesses_q == 24'd0);
        else if (command_q == Write) assert (dut.state_q == Writes);
        else assert (dut.state_q == (bits_q < 6'd40 ? Dummy : Reads));
      end
      // Its address.
      if (known && bits_q >= 6'd8 && bits_q < 6'd32) begin
        assert (place == 3'd0 || (address_q[7:0] ^ byte_q) << (4'd8 - {1'b0, place}) == 8'd0);
        assert (bits_q < 6'd16 || bus_address[7:0] == whole_bytes[7:0]);
        assert (bits_q < 6'd24 || bus_address[15:8] == whole_bytes[15:8]);
      end
      if (known && bits_q >= 6'd32) assert (bus_address + 24'(write_q || read_q || dut.advance_q) == address_q + accesses_q);
      assert (!((write_q || read_q) && dut.advance_q));
      assert (!(write_q || read_q) || (level && place == 3'd0 && bits_q != 6'd8 && bits_q != 6'd16 && bits_q != 6'd24));
      assert (!dut.advance_q || bits_q < 6'd2 || bits_q >= 6'd32);
      // The byte that was read, and its way out.
      assert (read_age_q <= 3'd4);
      if (known && command_q == Read && bits_q >= 6'd32) begin
        assert (place != 3'd0 || read_q || read_age_q != 3'd0);
        assert (place != 3'd1 || read_age_q >= (level ? 3'd2 : 3'd3));
        assert (place < 3'd2 || read_age_q == 3'd4);
        assert (place < 3'd3 || given_q);
      end
      assert (!given_q || (bus_was_q == given_byte_q && read_age_q == 3'd4));
      if (reads_out) begin
        if (level) assert (dut.out_q == going_out_q << place && (place == 3'd0 || spi_data_out == going_out_q[3'd0 - place]));
        else assert (dut.out_q == 8'({1'b0, going_out_q} << (4'd1 + place)) && spi_data_out == going_out_q[3'd7 - place]);
      end
    end
  end
`endif
endmodule

`default_nettype wire
