// SPDX-License-Identifier: Apache-2.0
// For Yosys' techmap: what is left of a memory where only the logic around it counts. Each bit of a port is a register, or the cell
// memory_input or memory_output; a port that is read without a clock is a cell memory_read for each bit of a word.
//
// Defines: MEMORY_CELLS, cells with the memory's clock in place of registers.

`ifdef MEMORY_CELLS
`define MEMORY_INPUT(clock, signal, port) memory_input cell_i (.clk(clock), .d(signal));
`define MEMORY_OUTPUT(clock, signal) memory_output cell_i (.clk(clock), .q(signal));
`else
`define MEMORY_INPUT(clock, signal, port) (* keep *) \$_DFF_P_ cell_i (.C(1'b0), .D(signal), .Q(port));
`define MEMORY_OUTPUT(clock, signal) \$_DFF_P_ cell_i (.C(1'b0), .D(1'b0), .Q(signal));
`endif

(* techmap_celltype = "$mem_v2" *)
module memory_ports (RD_CLK, RD_EN, RD_ARST, RD_SRST, RD_ADDR, RD_DATA, WR_CLK, WR_EN, WR_ADDR, WR_DATA);
  parameter MEMID = "", SIZE = 1, OFFSET = 0, ABITS = 1, WIDTH = 1, INIT = 0;
  parameter RD_PORTS = 1, RD_CLK_ENABLE = 0, RD_CLK_POLARITY = 0, RD_TRANSPARENCY_MASK = 0, RD_COLLISION_X_MASK = 0;
  parameter RD_WIDE_CONTINUATION = 0, RD_CE_OVER_SRST = 0, RD_ARST_VALUE = 0, RD_SRST_VALUE = 0, RD_INIT_VALUE = 0;
  parameter WR_PORTS = 1, WR_CLK_ENABLE = 0, WR_CLK_POLARITY = 0, WR_PRIORITY_MASK = 0, WR_WIDE_CONTINUATION = 0;
  localparam Readers = RD_PORTS > 0 ? RD_PORTS : 1;
  localparam Writers = WR_PORTS > 0 ? WR_PORTS : 1;
  input [Readers-1:0] RD_CLK, RD_EN, RD_ARST, RD_SRST;
  input [Readers*ABITS-1:0] RD_ADDR;
  output [Readers*WIDTH-1:0] RD_DATA;
  input [Writers-1:0] WR_CLK;
  input [Writers*WIDTH-1:0] WR_EN, WR_DATA;
  input [Writers*ABITS-1:0] WR_ADDR;
  // Paths into the memory end at these names.
  wire [Readers*ABITS-1:0] read_address;
  wire [Readers-1:0] read_enable;
  wire [Writers*WIDTH-1:0] write_enable, write_data;
  wire [Writers*ABITS-1:0] write_address;

  genvar p, b;
  generate
    for (p = 0; p < RD_PORTS; p = p + 1) begin : gen_reader
      if ((RD_CLK_ENABLE >> p) & 1) begin : gen_clocked
        if (1) begin : gen_enable
          `MEMORY_INPUT(RD_CLK[p], RD_EN[p], read_enable[p])
        end
        for (b = 0; b < ABITS; b = b + 1) begin : gen_address
          `MEMORY_INPUT(RD_CLK[p], RD_ADDR[ABITS*p + b], read_address[ABITS*p + b])
        end
        for (b = 0; b < WIDTH; b = b + 1) begin : gen_data
          `MEMORY_OUTPUT(RD_CLK[p], RD_DATA[WIDTH*p + b])
        end
      end else begin : gen_clockless
        wire [23:0] address = RD_ADDR[ABITS*p +: ABITS];
        for (b = 0; b < WIDTH; b = b + 1) begin : gen_data
          memory_read cell_i (.address(address), .data(RD_DATA[WIDTH*p + b]));
        end
      end
    end
    for (p = 0; p < WR_PORTS; p = p + 1) begin : gen_writer
      for (b = 0; b < ABITS; b = b + 1) begin : gen_address
        `MEMORY_INPUT(WR_CLK[p], WR_ADDR[ABITS*p + b], write_address[ABITS*p + b])
      end
      for (b = 0; b < WIDTH; b = b + 1) begin : gen_enable
        `MEMORY_INPUT(WR_CLK[p], WR_EN[WIDTH*p + b], write_enable[WIDTH*p + b])
      end
      for (b = 0; b < WIDTH; b = b + 1) begin : gen_data
        `MEMORY_INPUT(WR_CLK[p], WR_DATA[WIDTH*p + b], write_data[WIDTH*p + b])
      end
    end
  endgenerate
endmodule
