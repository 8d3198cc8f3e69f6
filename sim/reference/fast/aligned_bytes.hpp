// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstring>
#include <memory>
#include <new>
#include <span>

#include "phasic/contract.hpp"

namespace phasic::reference {

/// Bytes that start at a multiple of 64, all 0 at first.
class AlignedBytes {
 public:
  explicit AlignedBytes(std::size_t size) : size_(size), data_(static_cast<std::byte*>(::operator new(size, kAlignment))) {
    std::memset(data_.get(), 0, size);
  }
  [[nodiscard]] std::byte* data() { return data_.get(); }
  [[nodiscard]] const std::byte* data() const { return data_.get(); }
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] std::span<std::byte> bytes() { return {data_.get(), size_}; }

 private:
  static constexpr std::align_val_t kAlignment{contract::kAlignment};
  struct Free {
    void operator()(std::byte* bytes) const { ::operator delete(bytes, kAlignment); }
  };
  std::size_t size_;
  std::unique_ptr<std::byte[], Free> data_;
};

}  // namespace phasic::reference
