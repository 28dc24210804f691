// PoolFile: the file of a pool, held by this process alone. Opening it checks everything that can
// be known without reading it, in this order: a regular file at the path itself, its owner, its
// permissions, that no other process holds it. Nothing is changed by that.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <span>
#include <string>

#include "base/setup_error.h"
#include "base/unique_fd.h"

namespace pelikan {

class PoolFile {
 public:
  // Opens the file at the path. When there is none, takes a file without a name in its folder,
  // which is gone with this object unless publish() names it. Throws SetupError.
  PoolFile(std::string path, mode_t mode);
  PoolFile(const PoolFile&) = delete;
  PoolFile& operator=(const PoolFile&) = delete;
  ~PoolFile();

  [[nodiscard]] int get() const noexcept { return file_.get(); }
  [[nodiscard]] uint64_t bytes() const noexcept { return bytes_; }
  // The file's first bytes, zeros where it has less. Throws SetupError.
  void read_start(std::span<std::byte> into) const;

  // Reserves space for a file of this size beside what it has. Throws SetupError when there is not
  // enough; then the file is as it was.
  void reserve(uint64_t bytes);
  // Makes it this size, durably, all of it reserved. REQUIRES: reserve() of this size
  void resize(uint64_t bytes);
  // Writes its first bytes, durably.
  void write_start(std::span<const std::byte> bytes);
  // Gives the path to a file made without a name, durably. Throws SetupError.
  void publish();

 private:
  enum class Name : uint8_t { kOwn, kNone, kTentative };  // the last: gone with the object

  void make(mode_t mode);
  void check_kind(mode_t mode) const;
  void lock() const;
  void sync() const;
  [[nodiscard]] SetupError no_room(uint64_t bytes, int error) const;

  const std::string path_;
  UniqueFd file_;
  Name name_ = Name::kOwn;
  uint64_t bytes_ = 0;
};

}  // namespace pelikan
