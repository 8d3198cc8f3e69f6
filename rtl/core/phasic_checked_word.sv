// SPDX-License-Identifier: Apache-2.0
// A word whose check bits are those of phasic_check_bits, with one wrong bit of each group put right.
//
// Handshake: none.
// Latency:   none.
// Parameters: Width of a word in bits, at least 8; groups are filled up with zeros to as many bits as the least power of two, or 64.
`default_nettype none

module phasic_checked_word #(
  parameter int Width = 512,
  localparam int Group  = (Width < 64) ? 1 << $clog2(Width) : 64,
  localparam int Groups = (Width + Group - 1) / Group,
  localparam int Checks = $clog2(Group) + 2
) (
  input  logic [Width-1:0]         data_i,
  input  logic [Groups*Checks-1:0] checks_i,
  output logic [Width-1:0]         data_o,
  output logic                     corrected_o,  // a bit of a group was wrong, maybe a check bit
  output logic                     failed_o      // more were, so data_o is not to be used
);
  // The number of a data bit, as in phasic_check_bits.
  function int number_of(input int place);
    int bits;
    number_of = 0;
    bits      = 0;
    for (int number = 3; number < 128; number++) begin
      if ((number & (number - 1)) != 0) begin
        if (bits == place) number_of = number;
        bits = bits + 1;
      end
    end
  endfunction

  localparam int LastNumber = number_of(Group - 1);

  logic [Groups*Checks-1:0] wanted;
  logic [Groups-1:0]        corrected, failed;

  phasic_check_bits #(
    .Width(Width)
  ) u_wanted (
    .data_i,
    .checks_o(wanted)
  );

  for (genvar g = 0; g < Groups; g++) begin : gen_group
    logic [Checks-2:0] number;  // of the wrong bit, if it is one
    logic              odd;     // so many are wrong
    assign number       = wanted[Checks*g +: Checks-1] ^ checks_i[Checks*g +: Checks-1];
    // The last check bit covers the others as they should be.
    assign odd          = wanted[Checks*g+Checks-1] ^ checks_i[Checks*g+Checks-1] ^ (^number);
    assign failed[g]    = odd ? 32'(number) > LastNumber : number != '0;
    assign corrected[g] = odd && !failed[g];
    for (genvar k = 0; k < Group && Group * g + k < Width; k++) begin : gen_bit
      localparam int Number = number_of(k);
      assign data_o[Group*g+k] = data_i[Group*g+k] ^ (odd && 32'(number) == Number);
    end
  end

  assign corrected_o = corrected != '0;
  assign failed_o    = failed != '0;
endmodule

`default_nettype wire
