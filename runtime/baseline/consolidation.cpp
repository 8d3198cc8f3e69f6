// SPDX-License-Identifier: Apache-2.0
#include "runtime/baseline/consolidation.hpp"

#include <initializer_list>
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
void subtract(const PaddedColumns& some, const PaddedColumns& others, PaddedColumns& values) {
  values.resize(some.rows(), some.columns());
  const auto size = static_cast<std::size_t>(some.columns()) * some.stride();
  const float *const from = some.column(0), *const less = others.column(0);
  float* const to = values.column(0);
  for (std::size_t n = 0; n < size; ++n) to[n] = from[n] - less[n];
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
void take_rows(std::span<const PaddedColumns* const> parts, SparseColumns& terms) {
  std::size_t sources = 0;
  for (const PaddedColumns* const part : parts) sources += static_cast<std::size_t>(part->columns());
  const auto rows = static_cast<std::size_t>(parts[0]->rows());
  terms.reserve(rows * sources);
  terms.begins.assign(1, 0);
  std::size_t count = 0;
  for (std::size_t row = 0; row < rows; ++row) {
    std::uint32_t source = 0;
    for (const PaddedColumns* const part : parts) {
      const float* value = part->column(0) + row;
      for (Index n = 0; n < part->columns(); ++n, value += part->stride()) {
        terms.rows[count] = source++;
        terms.values[count++] = *value;
      }
    }
    terms.begins.push_back(static_cast<std::uint32_t>(count));
  }
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
  const auto& [hidden_moved, output_moved, by_input, by_hidden, hidden_change, output_change] = changes;
  subtract(taught.hidden, free.hidden, changes.hidden_moved);
  subtract(taught.output, free.output, changes.output_moved);
  const auto take_hidden = [&](std::initializer_list<const PaddedColumns*> parts) { take_rows(parts, changes.by_hidden); };
  if (settings.method != Method::kDifferential) {
    transpose(inputs, parameters.hidden.cols(), changes.by_input);
    work.layers[0].update_operations += products_of(hidden_moved, inputs);
  }
  switch (settings.method) {
    case Method::kSymmetric:
      take_hidden({&taught.hidden, &free.hidden});
      add_to(parameters.output, relaxation.output_rate, outer(beside(taught.output, free.output), by_hidden, scale));
      // The inputs are held, so their own difference is 0.
      add_to(parameters.hidden, relaxation.hidden_rate, outer(hidden_moved, by_input, scale));
      work.layers[1].update_operations += 2 * products_of(free.output, free.hidden);
      break;
    case Method::kDifferential:
      take_hidden({&hidden_moved});
      add_to(parameters.output, relaxation.output_rate, outer(free.output, by_hidden, scale));
      work.layers[1].update_operations += products_of(free.output, hidden_moved);
      break;
    default:
      take_hidden({&free.hidden});
      const OuterProducts of_output = outer(output_moved, by_hidden, scale), of_hidden = outer(hidden_moved, by_input, scale);
      work.layers[1].update_operations += products_of(output_moved, free.hidden);
      if (relaxation.spread == 0) {
        add_to(parameters.output, relaxation.output_rate, of_output);
        add_to(parameters.hidden, relaxation.hidden_rate, of_hidden);
        break;
      }
      put_into(changes.output, parameters.output.rows(), of_output);
      put_into(changes.hidden, parameters.hidden.rows(), of_hidden);
      const Spread behind = add_spread(parameters.output, relaxation.output_rate, output_change, moved_columns(by_hidden),
                                       relaxation.spread, nullptr);
      count_spread(behind, work.layers[1]);
      count_spread(add_spread(parameters.hidden, relaxation.hidden_rate, hidden_change, moved_columns(by_input),
                              relaxation.spread, &behind),
                   work.layers[0]);
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
  SparseColumns shown;
  take_sparse(inputs, shown);
  consolidate(parameters, shown, padded(free), padded(taught), settings, changes, work);
}

}  // namespace phasic::baseline
