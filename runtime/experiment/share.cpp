// SPDX-License-Identifier: Apache-2.0
#include "runtime/experiment/share.hpp"

#include <algorithm>
#include <exception>
#include <mutex>
#include <nlohmann/json.hpp>
#include <thread>

#ifdef PHASIC_MPI
#include <mpi.h>

#include <cstdlib>
#include <stdexcept>
#include <string>

#include "runtime/base/error.hpp"
#include "runtime/base/json_text.hpp"
#endif

namespace phasic::runtime {

#ifdef PHASIC_MPI
namespace {

constexpr int kAsk = 1, kResult = 2, kFailure = 3, kWrongInput = 4, kNumber = 5;
constexpr std::uint64_t kNothing = ~std::uint64_t{0};

bool under_mpirun() { return std::getenv("OMPI_COMM_WORLD_SIZE") != nullptr || std::getenv("PMI_SIZE") != nullptr; }

void send_text(const std::string& text, int tag) {
  MPI_Send(text.data(), static_cast<int>(text.size()), MPI_CHAR, 0, tag, MPI_COMM_WORLD);
}

void send_number(std::uint64_t number, int to) { MPI_Send(&number, 1, MPI_UINT64_T, to, kNumber, MPI_COMM_WORLD); }

}  // namespace

Share::Share() {
  if (!under_mpirun()) return;
  MPI_Init(nullptr, nullptr);
  MPI_Comm_rank(MPI_COMM_WORLD, &rank_);
  MPI_Comm_size(MPI_COMM_WORLD, &processes_);
}

Share::~Share() {
  if (!under_mpirun()) return;
  MPI_Finalize();
}

void Share::hand_out(const std::vector<std::size_t>& numbers, const std::function<void(const nlohmann::json&)>& keep) {
  std::size_t next = 0;
  std::exception_ptr failure;
  bool can_keep = true;
  int workers = processes_ - 1;
  while (workers > 0) {
    MPI_Status status;
    MPI_Probe(MPI_ANY_SOURCE, MPI_ANY_TAG, MPI_COMM_WORLD, &status);
    int size = 0;
    MPI_Get_count(&status, MPI_CHAR, &size);
    std::string text(static_cast<std::size_t>(size), '\0');
    MPI_Recv(text.data(), size, MPI_CHAR, status.MPI_SOURCE, status.MPI_TAG, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
    try {
      if (status.MPI_TAG == kFailure) throw std::runtime_error(text);
      if (status.MPI_TAG == kWrongInput) throw InputError(text);
      if (status.MPI_TAG == kResult && can_keep) {
        // NOLINTNEXTLINE(clang-analyzer-deadcode.DeadStores): keep may throw
        can_keep = false;
        keep(nlohmann::json::parse(text));
        can_keep = true;
      }
    } catch (...) {
      if (!failure) failure = std::current_exception();
    }
    const std::uint64_t number = next < numbers.size() && !failure ? numbers[next++] : kNothing;
    if (number == kNothing) --workers;
    send_number(number, status.MPI_SOURCE);
  }
  if (failure) std::rethrow_exception(failure);
}

void Share::take(const Run& run) {
  send_text("", kAsk);
  for (;;) {
    std::uint64_t number = 0;
    MPI_Recv(&number, 1, MPI_UINT64_T, 0, kNumber, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
    if (number == kNothing) return;
    try {
      send_text(json_text(run(number, static_cast<std::size_t>(rank_ - 1))), kResult);
    } catch (const InputError& error) {
      send_text(error.what(), kWrongInput);
    } catch (const std::exception& error) {
      send_text(error.what(), kFailure);
    }
  }
}
#else
Share::Share() = default;
Share::~Share() = default;
#endif

bool Share::together(const std::function<void()>& part) {
  std::exception_ptr failure;
  if (keeps()) {
    try {
      part();
    } catch (...) {
      failure = std::current_exception();
    }
  }
  int failed = failure ? 1 : 0;
#ifdef PHASIC_MPI
  if (processes_ > 1) MPI_Bcast(&failed, 1, MPI_INT, 0, MPI_COMM_WORLD);
#endif
  if (failure) std::rethrow_exception(failure);
  return failed == 0;
}

namespace {

void work_in_threads(const std::vector<std::size_t>& numbers, const Share::Run& run,
                     const std::function<void(const nlohmann::json&)>& keep, std::size_t workers) {
  std::mutex mutex;  // guards all that follows, and keep
  std::size_t next = 0;
  std::exception_ptr failure;
  const auto work = [&](std::size_t worker) {
    std::unique_lock lock(mutex);
    while (next < numbers.size() && !failure) {
      const auto number = numbers[next++];
      try {
        lock.unlock();
        const auto result = run(number, worker);
        lock.lock();
        keep(result);
      } catch (...) {
        if (!lock.owns_lock()) lock.lock();
        if (!failure) failure = std::current_exception();
      }
    }
  };
  std::vector<std::thread> threads;
  for (std::size_t worker = 1; worker < std::min(workers, numbers.size()); ++worker) threads.emplace_back(work, worker);
  work(0);
  for (auto& thread : threads) thread.join();
  if (failure) std::rethrow_exception(failure);
}

}  // namespace

bool Share::work(const std::vector<std::size_t>& numbers, const Run& run,
                 const std::function<void(const nlohmann::json&)>& keep, std::size_t workers) {
#ifdef PHASIC_MPI
  if (processes_ > 1) {
    if (!keeps()) take(run);
    return together([&] { hand_out(numbers, keep); });
  }
#endif
  work_in_threads(numbers, run, keep, workers);
  return true;
}

}  // namespace phasic::runtime
