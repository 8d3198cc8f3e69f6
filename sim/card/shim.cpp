// SPDX-License-Identifier: Apache-2.0
/// libxrt_core.so.2 of the simulated card: what XRT asks of a card, answered by Card objects.
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <tuple>

#include "sim/card/card.hpp"
#include "sim/card/xrt_abi.hpp"

namespace phasic::card {
namespace {

namespace query = xrt_core::query;

}  // namespace

template <typename Value>
struct Constant : query::request {
  explicit Constant(Value value) : value(std::move(value)) {}
  boost::any get(const xrt_core::device*) const override { return value; }
  Value value;
};

using BusAddress = std::tuple<std::uint16_t, std::uint16_t, std::uint16_t, std::uint16_t>;

/// Ends all runs; the engines go, the cards stay.
void stop_cards();

class CardDevice : public xrt_core::device {
 public:
  CardDevice(Card& card, id_type index)
      : device(index), card_(card), name_(std::string("phasic_simulated_card")), bus_address_(bus_address(index)) {}
  ~CardDevice() override = default;

  handle_type get_device_handle() const override { return &card_; }
  bool is_userpf() const override { return true; }
  void close_device() override {}

  void open_context(const unsigned char* uuid, unsigned int unit, bool shared) override {
    card_.open_context(uuid, unit, shared);
  }
  void close_context(const unsigned char*, unsigned int unit) override { card_.close_context(unit); }

  using ishim::import_bo;
  xclBufferHandle alloc_bo(std::size_t size, unsigned int flags) override { return card_.allocate(nullptr, size, flags); }
  xclBufferHandle alloc_bo(void* host, std::size_t size, unsigned int flags) override {
    return card_.allocate(host, size, flags);
  }
  void free_bo(xclBufferHandle buffer) override { card_.release(buffer); }
  void copy_bo(xclBufferHandle to, xclBufferHandle from, std::size_t size, std::size_t to_offset,
               std::size_t from_offset) override {
    card_.copy(to, from, size, to_offset, from_offset);
  }
  void sync_bo(xclBufferHandle buffer, xclBOSyncDirection direction, std::size_t size, std::size_t offset) override {
    switch (direction) {
      case XCL_BO_SYNC_BO_TO_DEVICE:
        return card_.copy_to_device(buffer, size, offset);
      case XCL_BO_SYNC_BO_FROM_DEVICE:
        return card_.copy_from_device(buffer, size, offset);
      default:
        xrt_core::not_supported("this direction of a synchronisation");
    }
  }
  void* map_bo(xclBufferHandle buffer, bool) override {
    auto* host = card_.buffer(buffer)->host;
    if (host == nullptr) xrt_core::not_supported("mapping of a buffer that only the device sees");
    return host;
  }
  void unmap_bo(xclBufferHandle, void*) override {}
  void get_bo_properties(xclBufferHandle handle, xclBOProperties* properties) const override {
    const auto buffer = card_.buffer(handle);
    *properties = {};
    properties->handle = handle;
    properties->flags = buffer->flags;
    properties->size = buffer->size;
    properties->paddr = buffer->address;
  }

  void reg_read(std::uint32_t unit, std::uint32_t offset, std::uint32_t* value) const override {
    *value = card_.read_register(unit, offset);
  }
  void reg_write(std::uint32_t unit, std::uint32_t offset, std::uint32_t value) override {
    card_.write_register(unit, offset, value);
  }
  void xread(xclAddressSpace space, std::uint64_t address, void* to, std::size_t size) const override {
    check_words(space, size);
    auto* bytes = static_cast<std::byte*>(to);
    for (std::size_t done = 0; done < size; done += sizeof(std::uint32_t)) {
      const auto [unit, offset] = card_.decode(address + done);
      const std::uint32_t value = card_.read_register(unit, offset);
      std::memcpy(bytes + done, &value, sizeof value);
    }
  }
  void xwrite(xclAddressSpace space, std::uint64_t address, const void* from, std::size_t size) override {
    check_words(space, size);
    const auto* bytes = static_cast<const std::byte*>(from);
    for (std::size_t done = 0; done < size; done += sizeof(std::uint32_t)) {
      const auto [unit, offset] = card_.decode(address + done);
      std::uint32_t value = 0;
      std::memcpy(&value, bytes + done, sizeof value);
      card_.write_register(unit, offset, value);
    }
  }
  void unmgd_pread(void* to, std::size_t size, std::uint64_t address) override {
    card_.read_memory(address, {static_cast<std::byte*>(to), size});
  }
  void unmgd_pwrite(const void* from, std::size_t size, std::uint64_t address) override {
    card_.write_memory(address, {static_cast<const std::byte*>(from), size});
  }

  void exec_buf(xclBufferHandle command) override { card_.submit(command); }
  int exec_wait(int milliseconds) const override { return card_.wait(milliseconds) ? 1 : 0; }

  void load_axlf(const axlf* xclbin) override {
    const auto design = read_design(*xclbin);
    const auto settings = read_settings();
    register_axlf(xclbin);
    const bool changed = card_.load(design, get_cus(xrt::uuid(design.uuid.data())), settings);
    // Registered after the engines' libraries were loaded, so that engines end before what those libraries hold.
    if (changed) std::atexit(stop_cards);
  }

 private:
  const query::request& lookup_query(query::key_type key) const override {
    switch (key) {
      case query::key_type::rom_vbnv:
        return name_;
      case query::key_type::pcie_bdf:
        return bus_address_;
      case query::key_type::m2m:
        return m2m_;
      case query::key_type::nodma:
        return nodma_;
    }
    throw query::no_such_key(key);
  }

  static BusAddress bus_address(id_type index) {
    constexpr std::uint16_t kBus = 0xfe;
    return {std::uint16_t{0}, kBus, static_cast<std::uint16_t>(index), std::uint16_t{0}};
  }
  static void check_words(xclAddressSpace space, std::size_t size) {
    if (space != XCL_ADDR_KERNEL_CTRL) xrt_core::not_supported("this address space");
    if (size % sizeof(std::uint32_t) != 0) xrt_core::not_supported("register access that is not in words");
  }

  Card& card_;
  Constant<std::string> name_;
  Constant<BusAddress> bus_address_;
  Constant<std::uint32_t> m2m_{1}, nodma_{0};
};

class CardSystem : public xrt_core::system {
 public:
  std::pair<xrt_core::device::id_type, xrt_core::device::id_type> get_total_devices(bool) const override {
    const auto count = static_cast<xrt_core::device::id_type>(cards().size());
    return {count, count};
  }

  /// XRT asks for a device by its number, we let XRT find it by its handle, and it asks again if it does not know it.
  std::shared_ptr<xrt_core::device> get_userpf_device(xrt_core::device::id_type index) const override {
    if (index >= cards().size()) return nullptr;
    return xrt_core::get_userpf_device(cards()[index].card, index);
  }

  std::shared_ptr<xrt_core::device> get_userpf_device(xrt_core::device::handle_type,
                                                      xrt_core::device::id_type index) const override {
    const std::lock_guard lock(mutex_);
    auto& slot = cards().at(index);
    if (*slot.device == nullptr) *slot.device = std::make_shared<CardDevice>(*slot.card, index);
    return *slot.device;
  }

  std::shared_ptr<xrt_core::device> get_mgmtpf_device(xrt_core::device::id_type index) const override {
    if (index >= cards().size()) return nullptr;
    return get_userpf_device(cards()[index].card, index);
  }

 private:
  /// Cards and devices are never deleted: objects of XRT that refer to them may live until the very end of the program.
  struct Slot {
    Card* card;
    std::shared_ptr<CardDevice>* device;
  };

  static const std::vector<Slot>& cards() {
    static const auto* slots = [] {
      auto* made = new std::vector<Slot>;
      const auto settings = read_settings();
      for (unsigned index = 0; index < settings.devices; ++index) {
        made->push_back({new Card(index), new std::shared_ptr<CardDevice>});
      }
      return made;
    }();
    return *slots;
  }

  friend void stop_cards();
  mutable std::mutex mutex_;
};

void stop_cards() {
  for (const auto& slot : CardSystem::cards()) slot.card->stop();
}

namespace {

/// XRT finds the system because its base registers it while this library is loaded. It is never deleted, like the cards.
[[maybe_unused]] const CardSystem* const the_system = new CardSystem;

}  // namespace
}  // namespace phasic::card
