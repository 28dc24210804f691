#include "load/trace/input.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "base/setup_error.h"
#include "base/unique_fd.h"

namespace pelikan::load {
namespace {

constexpr size_t kBlock = size_t{256} * 1024;
constexpr std::string_view kGzipMagic = "\x1f\x8b";
constexpr std::string_view kZstdMagic = "\x28\xb5\x2f\xfd";

// The bytes as they lie in the file.
class PlainInput final : public Input {
 public:
  PlainInput(const std::string& path, bool is_stdin)
      : Input(is_stdin ? "standard input" : path),
        own_(is_stdin ? -1 : ::open(path.c_str(), O_RDONLY | O_CLOEXEC)),
        fd_(is_stdin ? STDIN_FILENO : own_.get()) {
    if (fd_ < 0) {
      throw SetupError(ExitCode::kConfig, fmt::format("{}: {}", path, std::strerror(errno)));
    }
  }

  size_t read(char* out, size_t size) override {
    if (ahead_ != nullptr) return take_ahead(out, size);
    while (true) {
      const ssize_t count = ::read(fd_, out, size);
      if (count >= 0) return static_cast<size_t>(count);
      if (errno != EINTR) refuse(std::strerror(errno));
    }
  }

  // The first bytes, which the next read gives again.
  std::string_view peek() {
    auto block = std::make_unique<char[]>(kBlock);
    size_t size = 0;
    while (size < kZstdMagic.size()) {
      const size_t count = read(block.get() + size, kBlock - size);
      if (count == 0) break;
      size += count;
    }
    ahead_ = std::move(block);
    ahead_left_ = {ahead_.get(), size};
    return ahead_left_;
  }

 private:
  size_t take_ahead(char* out, size_t size) {
    const size_t count = std::min(size, ahead_left_.size());
    std::memcpy(out, ahead_left_.data(), count);
    ahead_left_.remove_prefix(count);
    if (ahead_left_.empty()) ahead_.reset();
    // An empty file: the block was empty from the start, and a pipe would block again.
    return count;
  }

  UniqueFd own_;
  int fd_;
  std::unique_ptr<char[]> ahead_;
  std::string_view ahead_left_;
};

// What both packings share: a block of packed bytes, filled when it is used up.
class PackedInput : public Input {
 protected:
  explicit PackedInput(std::unique_ptr<Input> packed)
      : Input(packed->name()), packed_(std::move(packed)), block_(new char[kBlock]) {}

  [[nodiscard]] std::string_view fill() {
    return {block_.get(), packed_->read(block_.get(), kBlock)};
  }

 private:
  std::unique_ptr<Input> packed_;
  std::unique_ptr<char[]> block_;
};

// One member after the other, as gzip itself reads them.
class GzipInput final : public PackedInput {
 public:
  explicit GzipInput(std::unique_ptr<Input> packed) : PackedInput(std::move(packed)) {
    constexpr int kGzipOnly = 16;
    if (::inflateInit2(&stream_, MAX_WBITS + kGzipOnly) != Z_OK) refuse("zlib has no memory");
  }
  ~GzipInput() override { ::inflateEnd(&stream_); }

  size_t read(char* out, size_t size) override {
    stream_.next_out = reinterpret_cast<Bytef*>(out);
    stream_.avail_out = static_cast<uInt>(std::min(size, kBlock));
    const uInt wanted = stream_.avail_out;
    while (stream_.avail_out == wanted && !is_at_end()) step();
    return wanted - stream_.avail_out;
  }

 private:
  bool is_at_end() {
    if (stream_.avail_in == 0) {
      const std::string_view packed = fill();
      // zlib reads only, but its pointer is not const.
      stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
      stream_.avail_in = static_cast<uInt>(packed.size());
    }
    if (stream_.avail_in > 0) return false;
    if (in_member_) refuse("the gzip stream ends early");
    return true;
  }

  void step() {
    const int result = ::inflate(&stream_, Z_NO_FLUSH);
    in_member_ = result != Z_STREAM_END;
    if (result == Z_STREAM_END) {
      ::inflateReset(&stream_);
    } else if (result != Z_OK) {
      refuse(fmt::format("corrupt gzip stream: {}",
                         stream_.msg == nullptr ? "no progress" : stream_.msg));
    }
  }

  z_stream stream_{};
  bool in_member_ = true;
};

// One frame after the other.
class ZstdInput final : public PackedInput {
 public:
  explicit ZstdInput(std::unique_ptr<Input> packed)
      : PackedInput(std::move(packed)), context_(::ZSTD_createDCtx(), &::ZSTD_freeDCtx) {
    if (context_ == nullptr) refuse("zstd has no memory");
  }

  size_t read(char* out, size_t size) override {
    ZSTD_outBuffer plain{out, size, 0};
    while (plain.pos == 0 && !is_at_end(plain)) step(plain);
    return plain.pos;
  }

 private:
  bool is_at_end(ZSTD_outBuffer& plain) {
    if (in_.pos < in_.size) return false;
    const std::string_view packed = fill();
    in_ = {packed.data(), packed.size(), 0};
    if (in_.size > 0) return false;
    // zstd may hold back plain bytes when all packed ones are taken.
    if (missing_ != 0) step(plain);
    if (missing_ != 0 && plain.pos == 0) refuse("the zstd stream ends early");
    return true;
  }

  void step(ZSTD_outBuffer& plain) {
    missing_ = ::ZSTD_decompressStream(context_.get(), &plain, &in_);
    if (::ZSTD_isError(missing_) != 0) {
      refuse(fmt::format("corrupt zstd stream: {}", ::ZSTD_getErrorName(missing_)));
    }
  }

  std::unique_ptr<ZSTD_DCtx, decltype(&::ZSTD_freeDCtx)> context_;
  ZSTD_inBuffer in_{};
  size_t missing_ = 1;  // 0 at the end of a frame
};

}  // namespace

void Input::refuse(std::string_view wrong) const {
  throw SetupError(ExitCode::kBadData, fmt::format("{}: {}", name_, wrong));
}

std::unique_ptr<Input> Input::open(const std::string& path) {
  auto plain = std::make_unique<PlainInput>(path, path == "-");
  const std::string_view first = plain->peek();
  if (first.starts_with(kGzipMagic)) return std::make_unique<GzipInput>(std::move(plain));
  if (first.starts_with(kZstdMagic)) return std::make_unique<ZstdInput>(std::move(plain));
  return plain;
}

std::string read_whole(const std::string& path, size_t max_bytes) {
  const std::unique_ptr<Input> input = Input::open(path);
  std::string text;
  size_t count = 0;
  do {
    const size_t size = text.size();
    if (size > max_bytes) {
      throw SetupError(ExitCode::kConfig,
                       fmt::format("{}: larger than {} bytes", input->name(), max_bytes));
    }
    text.resize(size + kBlock);
    count = input->read(text.data() + size, kBlock);
    text.resize(size + count);
  } while (count > 0);
  return text;
}

}  // namespace pelikan::load
