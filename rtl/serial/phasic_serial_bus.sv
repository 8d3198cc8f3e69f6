// SPDX-License-Identifier: Apache-2.0
// The byte bus of a serial build: which memory an access is for, and the byte that a read gives. Control shows identity, version of the contract,
// lanes, state, cycles and counters; section 8 of docs/specification.md has the address spaces.
//
// Handshake: bus_write_i writes a byte at once; bus_read_i asks for a byte, which is on bus_read_data_o four cycles later and holds. While busy_i
//            is 1 nothing but jobs is written and nothing but control read. A word of weights is there three cycles after it was asked for, as is
//            a byte of a job and a neuron's state; they hold.
// Latency:   four cycles for a read.
// Parameters: Lanes, bytes of a word of weights: 2, 4, 8 or 16.
`default_nettype none

module phasic_serial_bus #(
  parameter int Lanes = 8
) (
  input  logic               clk_i,
  input  logic               rst_ni,
  input  logic               bus_write_i,
  input  logic               bus_read_i,
  input  logic [23:0]        bus_address_i,
  input  logic [7:0]         bus_write_data_i,
  output logic [7:0]         bus_read_data_o,
  input  logic               busy_i,
  output logic               start_o,          // of the job in the half of the memory that the byte on the bus says
  // accesses
  output logic               weights_write_o,
  output logic               weights_read_o,
  output logic               jobs_write_o,
  output logic               jobs_read_o,
  output logic               levels_write_o,
  output logic               states_read_o,
  // what reads give
  input  logic [8*Lanes-1:0] weights_i,
  input  logic [7:0]         job_byte_i,
  input  logic [31:0]        state_i,
  input  logic [23:0]        cycles_i,
  input  logic [255:0]       counters_i
);
  localparam int LaneBits = $clog2(Lanes);

  logic         space_weights, space_jobs, space_levels, space_states, space_control;
  logic [3:0]   space_q;
  logic [5:0]   offset_q;
  logic [2:0]   read_q;
  logic [511:0] control;

  assign space_weights = bus_address_i[23:20] == 4'(phasic_pkg::SerialSpaceWeights);
  assign space_jobs    = bus_address_i[23:20] == 4'(phasic_pkg::SerialSpaceJobs);
  assign space_levels  = bus_address_i[23:20] == 4'(phasic_pkg::SerialSpaceLevels);
  assign space_states  = bus_address_i[23:20] == 4'(phasic_pkg::SerialSpaceStates);
  assign space_control = bus_address_i[23:20] == 4'(phasic_pkg::SerialSpaceControl);

  assign start_o         = bus_write_i && space_control && bus_address_i[5:0] == 6'(phasic_pkg::SerialControlCommand) && bus_write_data_i[0] && !busy_i;
  assign weights_write_o = bus_write_i && space_weights && !busy_i;
  assign weights_read_o  = bus_read_i && space_weights && !busy_i;
  assign jobs_write_o    = bus_write_i && space_jobs;
  assign jobs_read_o     = bus_read_i && space_jobs && !busy_i;
  assign levels_write_o  = bus_write_i && space_levels && !busy_i;
  assign states_read_o   = bus_read_i && space_states && !busy_i;

  assign control = {128'd0, counters_i, 8'd0, cycles_i, 31'd0, busy_i, 8'd0, 8'(Lanes), 16'(phasic_pkg::ContractVersion),
                    32'(phasic_pkg::SerialIdentity)};

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) read_q <= '0;
    else read_q <= {read_q[1:0], bus_read_i};
  end

  always_ff @(posedge clk_i) begin
    if (bus_read_i) begin
      space_q  <= bus_address_i[23:20];
      offset_q <= bus_address_i[5:0];
    end
    if (read_q[2]) begin
      case (space_q)
        4'(phasic_pkg::SerialSpaceWeights): bus_read_data_o <= weights_i[8*offset_q[LaneBits-1:0] +: 8];
        4'(phasic_pkg::SerialSpaceJobs):    bus_read_data_o <= job_byte_i;
        4'(phasic_pkg::SerialSpaceStates):  bus_read_data_o <= state_i[8*offset_q[1:0] +: 8];
        default:                            bus_read_data_o <= control[8*offset_q +: 8];
      endcase
    end
  end

  logic unused_bits;
  assign unused_bits = ^{bus_address_i, bus_write_data_i};
endmodule

`default_nettype wire
