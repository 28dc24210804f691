// Input: a stream of bytes from a file or standard input, unpacked when it is gzip or zstd (by its
// first bytes, whatever its name). Memory is bounded: one block of packed and one of plain bytes.
//
// Thread safety: one thread. Errors throw a SetupError that names the file: it cannot be opened or
// read, its packing is corrupt, it ends early.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace pelikan::load {

class Input {
 public:
  // "-" is standard input.
  [[nodiscard]] static std::unique_ptr<Input> open(const std::string& path);
  virtual ~Input() = default;
  Input(const Input&) = delete;
  Input& operator=(const Input&) = delete;

  // Up to `size` bytes; fewer than asked for need not be the end, 0 is.
  [[nodiscard]] virtual size_t read(char* out, size_t size) = 0;

  [[nodiscard]] const std::string& name() const noexcept { return name_; }

 protected:
  explicit Input(std::string name) : name_(std::move(name)) {}
  [[noreturn]] void refuse(std::string_view wrong) const;

 private:
  std::string name_;
};

// The whole of a small file. Throws SetupError when it is larger than max_bytes.
[[nodiscard]] std::string read_whole(const std::string& path, size_t max_bytes);

}  // namespace pelikan::load
