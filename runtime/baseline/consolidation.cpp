// SPDX-License-Identifier: Apache-2.0
#include "runtime/baseline/consolidation.hpp"

#include <array>
#include <numeric>
#include <span>
#include <vector>

#include "runtime/baseline/spread.hpp"

namespace phasic::baseline {
namespace {

void count_spread(const Spread& spread, LayerWork& work) {
  if (!spread.share) return;
  ++work.spread_updates;
  work.spread_shares += *spread.share;
}

/// Values of `some` less those of `others`.
PaddedColumns difference(const PaddedColumns& some, const PaddedColumns& others) {
  PaddedColumns values = some;
  const auto size = static_cast<std::size_t>(some.columns()) * some.stride();
  const float* const less = others.column(0);
  float* const all = values.column(0);
  for (std::size_t n = 0; n < size; ++n) all[n] -= less[n];
  return values;
}

/// Columns of one matrix after those of another, whose signs change.
PaddedColumns beside(const PaddedColumns& first, const PaddedColumns& negated) {
  PaddedColumns values = first;
  values.resize(first.rows(), first.columns() + negated.columns());
  for (Index n = 0; n < negated.columns(); ++n)
    for (Index row = 0; row < first.rows(); ++row) values.column(first.columns() + n)[row] = -negated.column(n)[row];
  return values;
}

/// A column for each row of the parts' values, with all of them, 0 or not; columns of the second part come after the first's.
SparseColumns rows_of(std::span<const PaddedColumns* const> parts) {
  SparseColumns terms{.begins = {0}, .rows = {}, .values = {}};
  std::size_t sources = 0;
  for (const PaddedColumns* const part : parts) sources += static_cast<std::size_t>(part->columns());
  const auto rows = static_cast<std::size_t>(parts[0]->rows());
  terms.rows.resize(rows * sources);
  terms.values.resize(rows * sources);
  std::size_t count = 0;
  for (std::size_t row = 0; row < rows; ++row) {
    std::uint32_t source = 0;
    for (const PaddedColumns* const part : parts) {
      for (Index n = 0; n < part->columns(); ++n) {
        terms.rows[count] = source++;
        terms.values[count++] = part->column(n)[row];
      }
    }
    terms.begins.push_back(static_cast<std::uint32_t>(count));
  }
  return terms;
}

std::uint64_t nonzero_in(const PaddedColumns& values, Index column) {
  return settling_kernels().count(values.column(column), static_cast<std::size_t>(values.rows()), values.stride(), 1);
}

/// Products of numbers of the same sample that are both not 0.
std::uint64_t products_of(const PaddedColumns& some, const PaddedColumns& others) {
  std::uint64_t products = 0;
  for (Index n = 0; n < some.columns(); ++n) products += nonzero_in(some, n) * nonzero_in(others, n);
  return products;
}
std::uint64_t products_of(const PaddedColumns& some, const SparseColumns& others) {
  std::uint64_t products = 0;
  for (Index n = 0; n < some.columns(); ++n) products += nonzero_in(some, n) * others.count(n);
  return products;
}

/// Sums over the samples of what a change is made of: `left` times the values of `terms`.
OuterProducts outer(const PaddedColumns& left, const SparseColumns& terms, float scale) {
  return {.rows = static_cast<std::size_t>(left.rows()),
          .left = left.column(0),
          .left_stride = left.stride(),
          .columns = terms.begins.size() - 1,
          .begins = terms.begins.data(),
          .sources = terms.rows.data(),
          .values = terms.values.data(),
          .scale = scale,
          .rate = 0,
          .adds = false,
          .target = nullptr,
          .target_stride = 0};
}

void add_to(Eigen::Ref<Matrix> weights, float rate, OuterProducts products) {
  products.adds = true;
  products.rate = rate;
  products.target = weights.data();
  products.target_stride = static_cast<std::size_t>(weights.rows());
  settling_kernels().add_outer(products);
}

void put_into(PaddedColumns& change, Index rows, OuterProducts products) {
  change.resize(rows, static_cast<Index>(products.columns));
  products.target = change.column(0);
  products.target_stride = change.stride();
  settling_kernels().add_outer(products);
}

/// Columns that have terms.
std::vector<std::uint32_t> moved_columns(const SparseColumns& terms) {
  std::vector<std::uint32_t> columns;
  for (std::size_t n = 0; n + 1 < terms.begins.size(); ++n)
    if (terms.begins[n] != terms.begins[n + 1]) columns.push_back(static_cast<std::uint32_t>(n));
  return columns;
}

SparseColumns ones(Index samples) {
  SparseColumns terms{.begins = {0, static_cast<std::uint32_t>(samples)}, .rows = {}, .values = {}};
  terms.values.assign(static_cast<std::size_t>(samples), 1);
  terms.rows.resize(static_cast<std::size_t>(samples));
  std::iota(terms.rows.begin(), terms.rows.end(), 0U);
  return terms;
}

}  // namespace

void consolidate(Parameters& parameters, const SparseColumns& inputs, const PaddedEquilibrium& free,
                 const PaddedEquilibrium& taught, const Settings& settings, Changes& changes, Work& work) {
  const Relaxation& relaxation = settings.relaxation;
  const Index samples = free.hidden.columns();
  const float scale = 1 / (relaxation.nudge * static_cast<float>(samples));
  const PaddedColumns hidden_moved = difference(taught.hidden, free.hidden),
                      output_moved = difference(taught.output, free.output);
  const SparseColumns by_input =
      settings.method == Method::kDifferential ? SparseColumns{} : transposed(inputs, parameters.hidden.cols());
  switch (settings.method) {
    case Method::kSymmetric: {
      const PaddedColumns outputs = beside(taught.output, free.output);
      const std::array<const PaddedColumns*, 2> hidden{&taught.hidden, &free.hidden};
      add_to(parameters.output, relaxation.output_rate, outer(outputs, rows_of(hidden), scale));
      // The inputs are held, so their own difference is 0.
      add_to(parameters.hidden, relaxation.hidden_rate, outer(hidden_moved, by_input, scale));
      work.layers[1].update_operations += 2 * products_of(free.output, free.hidden);
      work.layers[0].update_operations += products_of(hidden_moved, inputs);
      break;
    }
    case Method::kDifferential: {
      const std::array<const PaddedColumns*, 1> hidden{&hidden_moved};
      add_to(parameters.output, relaxation.output_rate, outer(free.output, rows_of(hidden), scale));
      work.layers[1].update_operations += products_of(free.output, hidden_moved);
      break;
    }
    default: {
      const std::array<const PaddedColumns*, 1> hidden{&free.hidden};
      const SparseColumns by_hidden = rows_of(hidden);
      const OuterProducts of_output = outer(output_moved, by_hidden, scale), of_hidden = outer(hidden_moved, by_input, scale);
      work.layers[1].update_operations += products_of(output_moved, free.hidden);
      work.layers[0].update_operations += products_of(hidden_moved, inputs);
      if (relaxation.spread == 0) {
        add_to(parameters.output, relaxation.output_rate, of_output);
        add_to(parameters.hidden, relaxation.hidden_rate, of_hidden);
        break;
      }
      put_into(changes.output, parameters.output.rows(), of_output);
      put_into(changes.hidden, parameters.hidden.rows(), of_hidden);
      const Spread behind = add_spread(parameters.output, relaxation.output_rate, changes.output, moved_columns(by_hidden),
                                       relaxation.spread, nullptr);
      count_spread(behind, work.layers[1]);
      count_spread(add_spread(parameters.hidden, relaxation.hidden_rate, changes.hidden, moved_columns(by_input),
                              relaxation.spread, &behind),
                   work.layers[0]);
    }
  }
  const SparseColumns all = ones(samples);
  add_to(parameters.output_bias, relaxation.output_rate, outer(output_moved, all, scale));
  add_to(parameters.hidden_bias, relaxation.hidden_rate, outer(hidden_moved, all, scale));
}

void consolidate(Parameters& parameters, const Matrix& inputs, const Equilibrium& free, const Equilibrium& taught,
                 const Settings& settings, Work& work) {
  const auto padded = [](const Equilibrium& state) {
    return PaddedEquilibrium{.hidden = PaddedColumns(state.hidden), .output = PaddedColumns(state.output)};
  };
  Changes changes;
  consolidate(parameters, sparse(inputs), padded(free), padded(taught), settings, changes, work);
}

}  // namespace phasic::baseline
