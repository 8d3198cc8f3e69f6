// SPDX-License-Identifier: Apache-2.0
/// A network, read from the JSON format of docs/networks.md.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace phasic {

/// What a network file says of a layer.
struct Layer {
  std::string rule;  ///< such as "naca" or "frozen"
  std::uint32_t neurons = 0;
  std::uint32_t weight_rows =
      0;  ///< one a presynaptic neuron, or one an element of a convolution's kernel; with that of the bias
  std::uint32_t row_width = 0;  ///< weights of a row: one a neuron, or one an output channel of a convolution
  bool bias = false;            ///< the last row is that of the bias
  bool learns = false;
};

/// A value that does not change; copies share what they hold.
class Network {
 public:
  /// Both throw InputError, which names the file, the field and its value.
  [[nodiscard]] static Network from_file(const std::filesystem::path& file);
  [[nodiscard]] static Network from_json(std::string_view text);

  [[nodiscard]] const std::string& name() const;
  [[nodiscard]] std::uint32_t inputs() const;
  [[nodiscard]] std::uint32_t classes() const;
  [[nodiscard]] std::uint32_t outputs() const;      ///< neurons of the last layer
  [[nodiscard]] std::uint32_t steps() const;        ///< time steps of a sample
  [[nodiscard]] std::uint32_t weight_bits() const;  ///< 8 or 16
  [[nodiscard]] bool takes_events() const;          ///< samples may be address events
  /// The first samples of a stream are needed before learning begins (Session::prepare).
  [[nodiscard]] bool needs_preparation() const;
  [[nodiscard]] std::vector<Layer> layers() const;
  /// The class that neuron `neuron` of the last layer stands for. Throws InputError if there is no such neuron.
  [[nodiscard]] std::uint32_t class_of(std::uint32_t neuron) const;

  /// Such as "784-256-10".
  [[nodiscard]] std::string architecture() const;
  /// A table for people, a line a layer.
  [[nodiscard]] std::string describe() const;
  /// The network with each quantity as an integer of the kernel. Equal networks give equal texts, and reading one gives the
  /// network again.
  [[nodiscard]] std::string to_json() const;

 private:
  struct Inner;
  explicit Network(std::shared_ptr<const Inner> inner) : inner_(std::move(inner)) {}
  std::shared_ptr<const Inner> inner_;
  friend struct Access;
};

}  // namespace phasic
