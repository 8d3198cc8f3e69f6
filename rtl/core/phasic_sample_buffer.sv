// SPDX-License-Identifier: Apache-2.0
// Two halves of sample memory: one is filled while the other is shown to the network.
//
// Handshake: entries and the commit by valid/ready; entries that are sent after the last commit belong to the next one. A committed sample is
//            offered with sample_valid_o until release_i. Reads give their entry one cycle later and hold it.
// Latency:   a sample can be read in the cycle after its commit.
// Parameters: MaxEntries of a sample; DataWidth, bits that are committed with it.
`default_nettype none

module phasic_sample_buffer #(
  parameter int MaxEntries = 16384,
  parameter int DataWidth  = 66,
  localparam int EntryBits = $clog2(MaxEntries)
) (
  input  logic                 clk_i,
  input  logic                 rst_ni,
  input  logic                 clear_i,
  input  logic                 entry_valid_i,
  output logic                 entry_ready_o,
  input  logic [31:0]          entry_data_i,
  input  logic                 commit_valid_i,
  output logic                 commit_ready_o,
  input  logic [DataWidth-1:0] commit_data_i,
  output logic                 sample_valid_o,
  output logic [DataWidth-1:0] sample_data_o,
  output logic [EntryBits:0]   sample_entries_o,
  input  logic                 release_i,
  input  logic                 read_i,
  input  logic [EntryBits-1:0] read_entry_i,
  output logic [31:0]          read_data_o
);
  logic               write_half_q, read_half_q;
  logic [1:0]         full_q;
  logic [EntryBits:0] count_q;
  logic [EntryBits:0] entries_q [2];
  logic [DataWidth-1:0] data_q [2];
  logic               write, commit;

  assign entry_ready_o    = !full_q[write_half_q] && !count_q[EntryBits];
  assign commit_ready_o   = !full_q[write_half_q];
  assign write            = entry_valid_i && entry_ready_o;
  assign commit           = commit_valid_i && commit_ready_o;
  assign sample_valid_o   = full_q[read_half_q];
  assign sample_data_o    = data_q[read_half_q];
  assign sample_entries_o = entries_q[read_half_q];

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      write_half_q <= 1'b0;
      read_half_q  <= 1'b0;
      full_q       <= '0;
      count_q      <= '0;
    end else if (clear_i) begin
      write_half_q <= 1'b0;
      read_half_q  <= 1'b0;
      full_q       <= '0;
      count_q      <= '0;
    end else begin
      if (write) count_q <= count_q + 1'b1;
      if (commit) begin
        full_q[write_half_q] <= 1'b1;
        write_half_q         <= !write_half_q;
        count_q              <= '0;
      end
      if (release_i) begin
        full_q[read_half_q] <= 1'b0;
        read_half_q         <= !read_half_q;
      end
    end
  end

  always_ff @(posedge clk_i) begin
    if (commit) begin
      entries_q[write_half_q] <= count_q;
      data_q[write_half_q]    <= commit_data_i;
    end
  end

  phasic_ram #(
    .Width(32),
    .Depth(2 * MaxEntries)
  ) u_entries (
    .clk_i,
    .write_i        (write),
    .write_address_i({write_half_q, count_q[EntryBits-1:0]}),
    .write_data_i   (entry_data_i),
    .read_i,
    .read_address_i ({read_half_q, read_entry_i}),
    .read_data_o
  );
endmodule

`default_nettype wire
