#include "trace.h"

#include <zstd.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <memory>

#include "base/setup_error.h"

namespace pelikan::replay {

namespace {

constexpr std::string_view kSuffix = ".u32.zst";
static_assert(std::endian::native == std::endian::little,
              "key numbers are copied as they lie in the file");

// Key and value together have a mean of 220 bytes; nothing expires within a trace.
KeyModel trace_model() {
  constexpr uint32_t kKeyBytes = 16;
  constexpr double kMeanBytes = 220;
  constexpr uint32_t kMinBytes = 24;
  constexpr uint32_t kWeek = 7 * 24 * 3600;
  return {.key_bytes = kKeyBytes,
          .value_bytes = kMeanBytes - kKeyBytes,
          .sigma = 0.7,
          .min_value_bytes = kMinBytes - kKeyBytes,
          .ttls = {{.seconds = kWeek, .share = 1}}};
}

[[noreturn]] void fail(const std::string& path, const std::string& reason) {
  throw SetupError(ExitCode::kBadData, path + ": " + reason);
}

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string bytes(std::istreambuf_iterator<char>(file), {});
  if (!file) fail(path, "cannot be read");
  return bytes;
}

std::string decompress(const std::string& path, const std::string& packed) {
  const std::unique_ptr<ZSTD_DCtx, decltype(&ZSTD_freeDCtx)> context(ZSTD_createDCtx(),
                                                                     &ZSTD_freeDCtx);
  std::string bytes;
  ZSTD_inBuffer in{packed.data(), packed.size(), 0};
  size_t missing = 1;  // bytes zstd waits for; 0 at the end of the stream
  while (in.pos < in.size) {
    const size_t old_size = bytes.size();
    bytes.resize(old_size + ZSTD_DStreamOutSize());
    ZSTD_outBuffer out{bytes.data() + old_size, bytes.size() - old_size, 0};
    missing = ZSTD_decompressStream(context.get(), &out, &in);
    if (ZSTD_isError(missing)) fail(path, ZSTD_getErrorName(missing));
    bytes.resize(old_size + out.pos);
  }
  if (missing != 0) fail(path, "ends early");
  return bytes;
}

}  // namespace

std::vector<std::string> find_traces(const std::string& folder) {
  std::vector<std::string> paths;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
    if (entry.path().native().ends_with(kSuffix)) paths.push_back(entry.path());
  }
  if (error) fail(folder, error.message());
  if (paths.empty()) fail(folder, "no *.u32.zst in it");
  std::sort(paths.begin(), paths.end());
  return paths;
}

Workload read_trace(const std::string& path) {
  const std::string bytes = decompress(path, read_file(path));
  if (bytes.empty() || bytes.size() % sizeof(uint32_t) != 0) fail(path, "not whole 32-bit numbers");
  std::string name = std::filesystem::path(path).filename();
  name.resize(name.size() - kSuffix.size());
  Workload workload{.name = name, .model = trace_model(), .keys = {}, .set_share = 0};
  workload.keys.resize(bytes.size() / sizeof(uint32_t));
  std::memcpy(workload.keys.data(), bytes.data(), bytes.size());
  return workload;
}

}  // namespace pelikan::replay
