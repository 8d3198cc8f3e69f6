// SPDX-License-Identifier: Apache-2.0
// Check bits of a word, for phasic_checked_word: an extended Hamming code for each group of up to 64 bits, which corrects one wrong bit of a
// group and tells of two.
//
// Handshake: none.
// Latency:   none.
// Parameters: Width of a word in bits, at least 8; groups are filled up with zeros to as many bits as the least power of two, or 64.
`default_nettype none

module phasic_check_bits #(
  parameter int Width = 512,
  localparam int Group  = (Width < 64) ? 1 << $clog2(Width) : 64,
  localparam int Groups = (Width + Group - 1) / Group,
  localparam int Checks = $clog2(Group) + 2
) (
  input  logic [Width-1:0]         data_i,
  output logic [Groups*Checks-1:0] checks_o
);
  initial begin
    if (Width < 8) $fatal(1, "phasic_check_bits: Width must be at least 8");
  end

  // Data bits have the numbers, from 3 on, that are no powers of two; check bit i covers those whose bit i is set.
  function logic [Group-1:0] covered_by(input int check);
    int bits;
    covered_by = '0;
    bits       = 0;
    for (int number = 3; number < 128; number++) begin
      if ((number & (number - 1)) != 0 && bits < Group) begin
        covered_by = covered_by | (Group'(((number >> check) & 1) != 0) << bits);
        bits       = bits + 1;
      end
    end
  endfunction

  logic [Groups*Group-1:0] data;
  assign data = (Groups * Group)'(data_i);

  for (genvar g = 0; g < Groups; g++) begin : gen_group
    logic [Checks-2:0] checks;
    for (genvar c = 0; c < Checks - 1; c++) begin : gen_check
      localparam logic [Group-1:0] Covered = covered_by(c);
      assign checks[c] = ^(data[Group*g +: Group] & Covered);
    end
    // The last one covers the others, too.
    assign checks_o[Checks*g +: Checks] = {^{data[Group*g +: Group], checks}, checks};
  end
endmodule

`default_nettype wire
