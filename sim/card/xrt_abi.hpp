// SPDX-License-Identifier: Apache-2.0
/// The binary interface between XRT's core utility library (libxrt_coreutil) and the library that drives a card
/// (libxrt_core), as XRT 2.13 has it with AIE support: virtual functions in their order, sizes of the bases, and the functions
/// that the utility library exports. XRT does not publish its own headers for these classes. phasic_abi_check compares the
/// tables that come out of this file with those of the installed XRT.
#pragma once

#include <version.h>
#include <xclbin.h>
#include <xrt.h>
#include <xrt/xrt_aie.h>
#include <xrt/xrt_bo.h>
#include <xrt/xrt_graph.h>
#include <xrt/xrt_uuid.h>

#include <boost/any.hpp>
#include <boost/property_tree/ptree_fwd.hpp>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

static_assert(XRT_VERSION_CODE == XRT_VERSION(2, 13),
              "the simulated card fits XRT 2.13 (2022.1) only; configure with -DPHASIC_CARD=OFF to build without it");

namespace xrt_core {

class device;

[[noreturn]] inline void not_supported(const char* what) {
  throw std::system_error(std::make_error_code(std::errc::not_supported), std::string("simulated card: ") + what);
}

namespace query {

/// Numbers of the properties that the simulated card answers.
enum class key_type { pcie_bdf = 8, rom_vbnv = 12, m2m = 60, nodma = 62 };
class reset_type;

class exception : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// XRT takes this as "the card does not have the property" and goes on.
class no_such_key : public exception {
 public:
  explicit no_such_key(key_type key)
      : exception("no property " + std::to_string(static_cast<int>(key)) + " on the simulated card"), key_(key) {}
  [[nodiscard]] key_type get_key() const { return key_; }

 private:
  key_type key_;
};

struct request {
  enum class modifier { subdev, entry };
  virtual ~request() = default;
  virtual boost::any get(const device*) const { not_supported("query without arguments"); }
  virtual boost::any get(const device*, const boost::any&) const { not_supported("query with one argument"); }
  virtual boost::any get(const device*, const boost::any&, const boost::any&) const {
    not_supported("query with two arguments");
  }
  virtual boost::any get(const device*, modifier, const std::string&) const { not_supported("query with a modifier"); }
  virtual boost::any get(const device*, const boost::any&, const boost::any&, const boost::any&) const {
    not_supported("query with three arguments");
  }
  virtual void put(const device*, const boost::any&) const { not_supported("change of a property"); }
};

}  // namespace query

/// What a card does. All functions tell errors by exceptions.
struct ishim {
  virtual void close_device() = 0;
  virtual void open_context(const unsigned char* uuid, unsigned int unit, bool shared) = 0;
  virtual void close_context(const unsigned char* uuid, unsigned int unit) = 0;
  virtual xclBufferHandle alloc_bo(std::size_t size, unsigned int flags) = 0;
  virtual xclBufferHandle alloc_bo(void* host, std::size_t size, unsigned int flags) = 0;
  virtual void free_bo(xclBufferHandle buffer) = 0;
  virtual xclBufferExportHandle export_bo(xclBufferHandle) const { not_supported("export of a buffer"); }
  virtual xclBufferHandle import_bo(xclBufferExportHandle) { not_supported("import of a buffer"); }
  virtual void close_export_handle(xclBufferExportHandle) { not_supported("export of a buffer"); }
  virtual xclBufferHandle import_bo(pid_t, xclBufferExportHandle) { not_supported("import of a buffer"); }
  virtual void copy_bo(xclBufferHandle to, xclBufferHandle from, std::size_t size, std::size_t to_offset,
                       std::size_t from_offset) = 0;
  virtual void sync_bo(xclBufferHandle buffer, xclBOSyncDirection direction, std::size_t size, std::size_t offset) = 0;
  virtual void* map_bo(xclBufferHandle buffer, bool write) = 0;
  virtual void unmap_bo(xclBufferHandle buffer, void* address) = 0;
  virtual void get_bo_properties(xclBufferHandle buffer, xclBOProperties* properties) const = 0;
  virtual void reg_read(std::uint32_t unit, std::uint32_t offset, std::uint32_t* value) const = 0;
  virtual void reg_write(std::uint32_t unit, std::uint32_t offset, std::uint32_t value) = 0;
  virtual void xread(xclAddressSpace space, std::uint64_t address, void* to, std::size_t size) const = 0;
  virtual void xwrite(xclAddressSpace space, std::uint64_t address, const void* from, std::size_t size) = 0;
  virtual void unmgd_pread(void* to, std::size_t size, std::uint64_t address) = 0;
  virtual void unmgd_pwrite(const void* from, std::size_t size, std::uint64_t address) = 0;
  virtual void exec_buf(xclBufferHandle command) = 0;
  virtual int exec_wait(int milliseconds) const = 0;
  virtual void load_axlf(const axlf* xclbin) = 0;
  virtual void reclock(const std::uint16_t*) { not_supported("setting of a clock"); }
  virtual void p2p_enable(bool) { not_supported("P2P"); }
  virtual void p2p_disable(bool) { not_supported("P2P"); }
  virtual void set_cma(bool, std::uint64_t) { not_supported("CMA"); }
  virtual void update_scheduler_status() {}
  virtual void user_reset(xclResetKind) { not_supported("reset"); }
  virtual int open_ip_interrupt_notify(unsigned int) { not_supported("interrupts for xrt::ip"); }
  virtual void close_ip_interrupt_notify(int) { not_supported("interrupts for xrt::ip"); }
  virtual void enable_ip_interrupt(int) { not_supported("interrupts for xrt::ip"); }
  virtual void disable_ip_interrupt(int) { not_supported("interrupts for xrt::ip"); }
  virtual void wait_ip_interrupt(int) { not_supported("interrupts for xrt::ip"); }
  virtual std::cv_status wait_ip_interrupt(int, std::int32_t) { not_supported("interrupts for xrt::ip"); }
  virtual void* open_graph(const unsigned char*, const char*, xrt::graph::access_mode) { not_supported("AIE"); }
  virtual void close_graph(void*) { not_supported("AIE"); }
  virtual void reset_graph(void*) { not_supported("AIE"); }
  virtual std::uint64_t get_timestamp(void*) { not_supported("AIE"); }
  virtual void run_graph(void*, int) { not_supported("AIE"); }
  virtual int wait_graph_done(void*, int) { not_supported("AIE"); }
  virtual void wait_graph(void*, std::uint64_t) { not_supported("AIE"); }
  virtual void suspend_graph(void*) { not_supported("AIE"); }
  virtual void resume_graph(void*) { not_supported("AIE"); }
  virtual void end_graph(void*, std::uint64_t) { not_supported("AIE"); }
  virtual void update_graph_rtp(void*, const char*, const char*, std::size_t) { not_supported("AIE"); }
  virtual void read_graph_rtp(void*, const char*, char*, std::size_t) { not_supported("AIE"); }
  virtual void open_aie_context(xrt::aie::access_mode) { not_supported("AIE"); }
  virtual void sync_aie_bo(xrt::bo&, const char*, xclBOSyncDirection, std::size_t, std::size_t) { not_supported("AIE"); }
  virtual void reset_aie() { not_supported("AIE"); }
  virtual void sync_aie_bo_nb(xrt::bo&, const char*, xclBOSyncDirection, std::size_t, std::size_t) { not_supported("AIE"); }
  virtual void wait_gmio(const char*) { not_supported("AIE"); }
  virtual int start_profiling(int, const char*, const char*, std::uint32_t) { not_supported("AIE"); }
  virtual std::uint64_t read_profiling(int) { not_supported("AIE"); }
  virtual void stop_profiling(int) { not_supported("AIE"); }
  virtual void load_axlf_meta(const axlf*) { not_supported("AIE"); }
};

class device : public ishim {
 public:
  using id_type = unsigned int;
  using handle_type = xclDeviceHandle;

  device(id_type index);
  virtual ~device();
  device(const device&) = delete;
  device& operator=(const device&) = delete;

  virtual handle_type get_device_handle() const = 0;
  virtual handle_type get_mgmt_handle() const { return nullptr; }
  virtual handle_type get_user_handle() const { return get_device_handle(); }
  virtual bool is_userpf() const { return false; }

 private:
  virtual const query::request& lookup_query(query::key_type key) const = 0;

 public:
  virtual void get_info(boost::property_tree::ptree&) const {}
  virtual void read(std::uint64_t, void*, std::uint64_t) const { not_supported("raw read"); }
  virtual void write(std::uint64_t, const void*, std::uint64_t) const { not_supported("raw write"); }
  virtual void reset(query::reset_type&) const { not_supported("reset"); }
  virtual void xclmgmt_load_xclbin(const char*) const { not_supported("management"); }
  virtual int open(const std::string&, int) const { not_supported("sub-devices"); }
  virtual void close(int) const { not_supported("sub-devices"); }

  /// Tells XRT of a loaded xclbin.
  void register_axlf(const axlf* xclbin);
  /// Base addresses of compute units; the position in this list is the number by which XRT names a unit.
  const std::vector<std::uint64_t>& get_cus(const xrt::uuid& xclbin) const;

 private:
  alignas(8) std::byte members_[104];  // XRT's own
};
static_assert(sizeof(device) == 112);

class system {
 protected:
  /// Registers the object as the system. Throws if there is one.
  system();

 public:
  enum class monitor_access_type { bar, mmap, ioctl };
  virtual void get_xrt_info(boost::property_tree::ptree&) {}
  virtual void get_os_info(boost::property_tree::ptree&) {}
  virtual void get_devices(boost::property_tree::ptree&) const {}
  virtual device::id_type get_device_id(const std::string& text) const;
  /// All devices, and those that are ready.
  virtual std::pair<device::id_type, device::id_type> get_total_devices(bool user) const = 0;
  virtual std::shared_ptr<device> get_userpf_device(device::id_type index) const = 0;
  virtual std::shared_ptr<device> get_userpf_device(device::handle_type handle, device::id_type index) const = 0;
  virtual std::shared_ptr<device> get_mgmtpf_device(device::id_type index) const = 0;
  virtual monitor_access_type get_monitor_access_type() const { return monitor_access_type::bar; }
  virtual void program_plp(const device*, const std::vector<char>&, bool) const { not_supported("management"); }
  virtual void mem_read(const device*, long long, long long, const std::string&) const { not_supported("management"); }
  virtual void mem_write(const device*, long long, long long, unsigned int) const { not_supported("management"); }
};
static_assert(sizeof(system) == 8);

/// Finds the open device of a handle, or asks the system for one.
std::shared_ptr<device> get_userpf_device(device::handle_type handle, device::id_type index);

}  // namespace xrt_core
