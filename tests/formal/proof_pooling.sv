// SPDX-License-Identifier: Apache-2.0
// phasic_pooling: of a finished step every word of sums is asked for once, position by position, and added to the word of the cell in which its
// position lies; when the last of them is written, and not before, every word of a cell and side is taken once, in the order of the neurons.
//
// Assumes: the constants of the layer hold, and a step is handed over while nothing is pooled. A run may be cleared at any time.
//          The memories and the roots are arbitrary (proofs.json), so that how long the potentials of neurons take is too.
// Sizes:   up to five rows and columns of positions, three of cells, and two words of filters.
`default_nettype none

module proof_pooling (
  input logic        clk_i,
  input logic        clear_i,
  input logic        start_i,
  input logic        blank_i,
  input logic [47:0] sums_i
);
  localparam int SumWordBits = 6, WordBits = 6, CellBits = 6;

  logic rst_n = 1'b0;
  always_ff @(posedge clk_i) rst_n <= 1'b1;

  (* anyconst *) logic [8*phasic_pkg::LayerSynapticLeak-1:0] descriptor;
  (* anyconst *) logic [15:0] filters;
  (* anyconst *) logic [2:0]  rows, columns;
  (* anyconst *) logic [1:0]  row_words;
  logic [1:0] grid;
  logic       two_sided;
  logic [5:0] sum_words, words;
  assign grid      = descriptor[8*phasic_pkg::LayerGrid +: 2];
  assign two_sided = descriptor[8*phasic_pkg::LayerFlags + phasic_pkg::LayerFlagsTwoSidedBit];
  assign sum_words = 6'(rows) * 6'(columns) * 6'(row_words);
  assign words     = (6'(grid) * 6'(grid) * 6'(row_words)) << two_sided;

  logic                   busy, start, read;
  logic [SumWordBits-1:0] word;
  assign start = start_i && !busy && !clear_i;

  phasic_pooling #(
    .Lanes      (2),
    .SumWidth   (24),
    .SumWordBits(SumWordBits),
    .WordBits   (WordBits),
    .MaxNeurons (64)
  ) dut (
    .clk_i,
    .rst_ni          (rst_n),
    .clear_i,
    .descriptor_i    (descriptor),
    .row_width_i     (filters),
    .row_words_i     (16'(row_words)),
    .last_sum_word_i (sum_words - 6'd1),
    .last_word_i     (words - 6'd1),
    .clearing_i      (1'b0),
    .clear_word_i    (6'd0),
    .start_i         (start),
    .busy_o          (busy),
    .sum_read_o      (read),
    .sum_word_o      (word),
    .sums_i,
    .blank_i,
    .limited_valid_o (),
    .limited_o       (),
    .potential_read_i(1'b0),
    .potential_word_i(6'd0),
    .potentials_o    ()
  );

  // What is written and what is taken.
  (* hierconn *) logic [4:1]          \dut.valid_q ;
  (* hierconn *) logic [CellBits-1:0] \dut.cell4_q , \dut.take_word , \dut.cell_step_q ;
  (* hierconn *) logic [9:0]          \dut.rows_q , \dut.columns_q ;
  (* hierconn *) logic                \dut.take , \dut.side_q ;

  // The row or column of cells of a position: at most one less than there are positions.
  function logic [2:0] cell_along(input logic [2:0] position, input logic [2:0] positions, input logic [1:0] cells);
    cell_along = '0;
    for (int k = 1; k < 4; k++)
      if (6'(position) * 6'(cells) >= 6'(k) * 6'(positions)) cell_along = 3'(k);
  endfunction

  // Position and word that come next, the cells of the words in the stages, and the word that is taken next.
  logic [2:0]  v_q, h_q, r, c;
  logic [1:0]  part_q, take_part_q, stage_q;
  logic [5:0]  asked_q, taken_q, take_cell_q, cell_word;
  logic        side_q, added_all, pooling_q;
  logic [3:0]  flying_q;
  logic [23:0] cells_q;
  assign r         = cell_along(v_q, rows, grid);
  assign c         = cell_along(h_q, columns, grid);
  assign cell_word = (6'(r) * 6'(grid) + 6'(c)) * 6'(row_words) + 6'(part_q);
  assign added_all = asked_q == sum_words && flying_q == 4'd0;

  always_ff @(posedge clk_i) begin
    flying_q <= {flying_q[2:0], read};
    cells_q  <= {cells_q[17:0], cell_word};
    if (!rst_n || clear_i) begin
      pooling_q <= 1'b0;
      flying_q  <= '0;
    end else if (start) begin
      pooling_q <= 1'b1;
      {v_q, h_q, part_q, asked_q, taken_q, take_cell_q, take_part_q, side_q} <= '0;
    end else begin
      if (read) begin
        asked_q <= asked_q + 6'd1;
        part_q  <= (part_q + 2'd1 == row_words) ? '0 : part_q + 2'd1;
        if (part_q + 2'd1 == row_words) begin
          h_q <= (h_q + 3'd1 == columns) ? '0 : h_q + 3'd1;
          if (h_q + 3'd1 == columns) v_q <= v_q + 3'd1;
        end
      end
      if (dut.take) begin
        taken_q     <= taken_q + 6'd1;
        take_part_q <= (take_part_q + 2'd1 == row_words) ? '0 : take_part_q + 2'd1;
        if (take_part_q + 2'd1 == row_words) begin
          side_q <= two_sided && !side_q;
          if (!two_sided || side_q) take_cell_q <= take_cell_q + 6'd1;
        end
      end
      if (!busy) pooling_q <= 1'b0;
    end
    if (rst_n) begin
      assume (rows >= 3'd1 && rows <= 3'd5 && columns >= 3'd1 && columns <= 3'd5 && row_words >= 2'd1 && row_words <= 2'd2);
      assume (grid >= 2'd1 && 3'(grid) <= rows && 3'(grid) <= columns);
      assume (descriptor[8*phasic_pkg::LayerGrid + 2 +: 2] == 2'd0);
      assume (dut.rows_q == 10'(rows) && dut.columns_q == 10'(columns) && dut.cell_step_q == 6'(grid) * 6'(row_words));
      assert (!read || (pooling_q && word == asked_q && asked_q < sum_words));
      assert (dut.valid_q == flying_q);
      assert (!flying_q[3] || dut.cell4_q == cells_q[23:18]);
      assert (!dut.take || (added_all && taken_q < words));
      assert (!dut.take || (dut.side_q == side_q && dut.take_word == take_cell_q * 6'(row_words) + 6'(take_part_q)));
      assert (!pooling_q || busy || (added_all && taken_q == words));
      cover (dut.take && taken_q == 6'd5 && grid == 2'd2 && two_sided);
      cover (flying_q[3] && cells_q[23:18] == 6'd2 && rows == 3'd2 && columns == 3'd3 && grid == 2'd2);
    end
  end

`ifdef INVARIANTS
  (* hierconn *) logic [2:0]          \dut.state_q , \dut.wait_q ;
  (* hierconn *) logic [5:0]          \dut.word_q , \dut.take_count_q , \dut.write_word_q ;
  (* hierconn *) logic [CellBits-1:0] \dut.part_q , \dut.column_base_q , \dut.row_base_q , \dut.take_part_q , \dut.take_base_q ;
  (* hierconn *) logic [CellBits-1:0] \dut.cell1_q , \dut.cell2_q , \dut.cell3_q ;
  (* hierconn *) logic [9:0]          \dut.column_left_q , \dut.row_left_q ;
  (* hierconn *) logic [3:0]          \dut.column_cell_q ;
  localparam logic [2:0] Idle = 3'd0, Delay = 3'd1, Fill = 3'd2, Drain = 3'd3, Take = 3'd4, Settle = 3'd5;
  always_ff @(posedge clk_i) begin
    if (rst_n) begin
      assert (dut.state_q <= Settle);
      assert (pooling_q || dut.state_q == Idle);
      assert (dut.state_q != Idle || flying_q == 4'd0);
      assert (!flying_q[0] || dut.cell1_q == cells_q[5:0]);
      assert (!flying_q[1] || dut.cell2_q == cells_q[11:6]);
      assert (!flying_q[2] || dut.cell3_q == cells_q[17:12]);
      if (dut.state_q == Delay) begin
        assert (dut.wait_q <= 3'd2 && flying_q == 4'd0);
        assert ({v_q, h_q, part_q, asked_q, taken_q, take_cell_q, take_part_q, side_q} == '0);
        assert ({dut.word_q, dut.part_q, dut.column_left_q, dut.column_cell_q, dut.column_base_q, dut.row_left_q, dut.row_base_q} == '0);
      end
      if (dut.state_q == Fill) begin
        assert (v_q < rows && h_q < columns && part_q < row_words);
        assert (asked_q == (6'(v_q) * 6'(columns) + 6'(h_q)) * 6'(row_words) + 6'(part_q));
        assert (dut.word_q == asked_q && dut.part_q == 6'(part_q));
        assert (dut.column_cell_q == 4'(c) && dut.column_base_q == 6'(c) * 6'(row_words));
        assert (dut.column_left_q == 10'(h_q) * 10'(grid) - 10'(c) * 10'(columns));
        assert (dut.row_base_q == 6'(r) * 6'(grid) * 6'(row_words));
        assert (dut.row_left_q == 10'(v_q) * 10'(grid) - 10'(r) * 10'(rows));
      end
      if (dut.state_q == Drain) begin
        assert (dut.wait_q <= 3'd3 && asked_q == sum_words);
        assert ((flying_q & ((4'd1 << dut.wait_q) - 4'd1)) == 4'd0);
      end
      if (dut.state_q == Take || dut.state_q == Settle) assert (added_all);
      if (dut.state_q == Delay || dut.state_q == Fill || dut.state_q == Drain || dut.state_q == Take) begin
        assert (dut.take_count_q == taken_q && taken_q < words && dut.take_part_q == 6'(take_part_q));
        assert (dut.side_q == side_q && take_part_q < row_words && (two_sided || !side_q));
        assert (take_cell_q < 6'(grid) * 6'(grid) && dut.take_base_q == take_cell_q * 6'(row_words));
        assert (taken_q == ((take_cell_q << two_sided) + 6'(side_q)) * 6'(row_words) + 6'(take_part_q));
      end
      if (dut.state_q == Delay || dut.state_q == Fill || dut.state_q == Drain) assert (taken_q == 6'd0);
      if (dut.state_q == Settle) assert (taken_q == words);
    end
  end
`endif
endmodule

`default_nettype wire
