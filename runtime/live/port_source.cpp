// SPDX-License-Identifier: Apache-2.0
#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "runtime/base/error.hpp"
#include "runtime/base/files.hpp"
#include "runtime/live/source.hpp"

namespace phasic::runtime {
namespace {

class DatagramSource : public EventSource {
 public:
  DatagramSource(std::uint16_t port, const SourceOptions& options)
      : name_(fmt::format("udp:{}", port)),
        size_(settled_size(std::nullopt, options.camera, name_, "camera")),
        reader_(size_, options.classes, name_),
        socket_(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    if (socket_.number() < 0) refuse("socket");
    const int on = 1, room = 1 << 23;
    // Where the system grants less room or counts no losses the rest works all the same.
    (void)::setsockopt(socket_.number(), SOL_SOCKET, SO_RXQ_OVFL, &on, sizeof on);
    (void)::setsockopt(socket_.number(), SOL_SOCKET, SO_RCVBUF, &room, sizeof room);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port);
    if (::bind(socket_.number(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) refuse("port");
    socklen_t bytes = sizeof address;
    if (::getsockname(socket_.number(), reinterpret_cast<sockaddr*>(&address), &bytes) != 0) refuse("port");
    port_ = ntohs(address.sin_port);
  }

  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] SensorSize size() const override { return size_; }
  [[nodiscard]] std::uint64_t lost() const override { return lost_; }

  void run(LiveQueue& queue, const std::atomic<bool>& stop) override {
    while (!stop && !reader_.ended()) {
      pollfd wanted{socket_.number(), POLLIN, 0};
      constexpr int kMilliseconds = 50;
      if (::poll(&wanted, 1, kMilliseconds) <= 0) continue;
      std::vector<LiveRecord> records;
      try {
        // All that is there, in one batch.
        for (std::size_t n = 0; n < kMostTogether && !reader_.ended(); ++n) {
          const auto bytes = receive();
          if (bytes.empty()) break;
          reader_.read(bytes, records);
        }
      } catch (const InputError&) {
        queue.push(std::move(records));
        throw;
      }
      queue.push(std::move(records));
    }
  }

 private:
  static constexpr std::size_t kMostTogether = 16;

  [[noreturn]] void refuse(std::string_view field) const { throw InputError(name_, field, std::strerror(errno)); }

  /// The next datagram; empty if none is there.
  std::span<const std::uint8_t> receive() {
    iovec place{bytes_.data(), bytes_.size()};
    alignas(cmsghdr) std::array<std::uint8_t, CMSG_SPACE(sizeof(std::uint32_t))> control{};
    msghdr message{};
    message.msg_iov = &place;
    message.msg_iovlen = 1;
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    const auto got = ::recvmsg(socket_.number(), &message, MSG_DONTWAIT);
    if (got < 0) {
      if (errno == EAGAIN || errno == EINTR) return {};
      refuse("receive");
    }
    for (auto* one = CMSG_FIRSTHDR(&message); one != nullptr; one = CMSG_NXTHDR(&message, one)) {
      if (one->cmsg_level != SOL_SOCKET || one->cmsg_type != SO_RXQ_OVFL) continue;
      std::uint32_t lost = 0;
      std::memcpy(&lost, CMSG_DATA(one), sizeof lost);
      lost_ = lost;
    }
    return std::span(bytes_).first(static_cast<std::size_t>(got));
  }

  std::string name_;
  SensorSize size_;
  RecordReader reader_;
  Descriptor socket_;
  std::uint16_t port_ = 0;
  std::atomic<std::uint64_t> lost_ = 0;
  std::array<std::uint8_t, 1 << 16> bytes_{};
};

}  // namespace

PortSource open_port(std::uint16_t port, const SourceOptions& options) {
  auto source = std::make_unique<DatagramSource>(port, options);
  const auto bound = source->port();
  return {std::move(source), bound};
}

}  // namespace phasic::runtime
