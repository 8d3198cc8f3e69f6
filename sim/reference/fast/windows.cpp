// SPDX-License-Identifier: Apache-2.0
#include "sim/reference/fast/windows.hpp"

#include <algorithm>
#include <bit>

#include "driver/shell/connection.hpp"

namespace phasic::reference {

Windows::Side::Side(std::uint32_t places, std::uint32_t kernel, std::uint32_t positions, const Shape& shape)
    : pool(shape.pool), padding(shape.padding), stride(shape.stride) {
  for (std::uint32_t place = 0; place < places; ++place) {
    // The kernel's first row or column may stand from `room` back at most kernel - 1 places before.
    const std::uint32_t room = (place >> pool) + padding;
    first.push_back(room < kernel ? 0 : (room - kernel) / stride + 1);
    end.push_back(std::max(std::min(room / stride + 1, positions), first.back()));
  }
}

Windows::Windows(const LayerContext& context)
    : context_(context),
      sources_(shell::connection_of(context.shape).sources - (context.shape.bias ? 1U : 0U)),
      bias_(context.shape.bias ? sources_ : SIZE_MAX),
      bias_row_(context.shape.rows - 1),
      kernel_columns_(context.shape.shape.kernel_columns),
      channels_(context.shape.shape.source_channels),
      position_columns_(shell::position_columns(context.shape.shape)),
      positions_(shell::connection_of(context.shape).positions),
      rows_(context.shape.shape.source_rows, context.shape.shape.kernel_rows, shell::position_rows(context.shape.shape),
            context.shape.shape),
      columns_(context.shape.shape.source_columns, context.shape.shape.kernel_columns,
               shell::position_columns(context.shape.shape), context.shape.shape),
      sent_(context.program.steps) {
  const std::size_t rows = context.shape.shape.source_rows;
  const std::size_t columns = context.shape.shape.source_columns;
  for (std::size_t source = 0; source < sources_; ++source) {
    const std::size_t channel = context.shape.first ? source / (rows * columns) : source % channels_;
    const std::size_t place = context.shape.first ? source % (rows * columns) : source / channels_;
    places_.push_back({static_cast<std::uint16_t>(place / columns), static_cast<std::uint16_t>(place % columns),
                       static_cast<std::uint16_t>(channel)});
  }
}

void Windows::take(const LayerInput& input) {
  const bool graded = is_graded(context_.program);
  for (std::size_t step = 0; step < sent_.size(); ++step) {
    std::vector<Sent>& sent = sent_[step];
    sent.clear();
    if (input.lists != nullptr) {
      for (std::uint32_t k = input.lists->begin[step]; k < input.lists->begin[step + 1]; ++k) {
        sent.push_back({input.lists->rows[k], 1});
      }
      continue;  // with the bias
    }
    if (graded) {
      const std::uint8_t* const values = input.before != nullptr ? input.before->counts.data() : input.values;
      for (std::size_t source = 0; source < sources_; ++source) {
        if (values[source] != 0) sent.push_back({static_cast<std::uint16_t>(source), values[source]});
      }
    } else {
      const std::uint8_t* const spikes = input.before->spikes.data() + step * input.before->stride / 8;
      for (std::size_t source = 0; source < sources_; ++source) {
        if ((spikes[source / 8] >> source % 8 & 1) != 0) sent.push_back({static_cast<std::uint16_t>(source), 1});
      }
    }
    if (context_.shape.bias)
      sent.push_back({static_cast<std::uint16_t>(bias_), static_cast<std::uint8_t>(bias_value(context_.program))});
  }
}

std::size_t Windows::count() const {
  std::size_t sum = 0;
  for (const std::vector<Sent>& sent : sent_) sum += sent.size();
  return sum;
}

}  // namespace phasic::reference
