// Plays lives of a pool file: it is opened, maybe filled and kept, and the power goes at one of its
// syncs. Without damage beyond that, what is opened next is what was, what is, or empty, and is
// never refused for what it holds. In the other half of the runs the file is damaged, cut and
// forged between the lives: then it is refused with 65 or opened, without a crash, and wrong only
// where a forged checksum says it is right or nothing was verified.
//
// covers: src/datapool
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>

#include "base/setup_error.h"
#include "datapool/file_pool.h"
#include "datapool/recording_medium.h"
#include "fuzz/input_bytes.h"
#include "fuzz/planted_bug.h"
#include "log/log.h"
#include "log/temporary_directory.h"
#include "metric/registry.h"

namespace {

using namespace pelikan;
using fuzz::InputBytes;
using fuzz::is_planted;
using test::RecordingMedium;

constexpr PoolShape kShape{.layout = "fuzz",
                           .item_layout = 1,
                           .segment_bytes = 1024,
                           .segments = 4,
                           .tables_bytes = 64,
                           .segment_option = "seg_segment_size",
                           .heap_option = "seg_memory",
                           .tables_option = "seg_item_mean"};

// What all runs share: they differ in the file.
struct Surroundings {
  Surroundings() {
    log_options.file.set("/dev/null");
    log.emplace(log_options, log_metrics, time);
  }

  test::TemporaryDirectory folder{"/dev/shm"};
  FakeTime time;
  MetricRegistry registry;
  LogOptions log_options;
  LogMetrics log_metrics{registry};
  std::optional<Log> log;
};

// A recording medium that forgets some of its syncs when a bug is planted.
class SuspectMedium final : public PoolMedium {
 public:
  SuspectMedium(int file, uint64_t bytes, RecordingMedium::BeforeSync before_sync)
      : below_(file, bytes, RecordingMedium::kPage, std::move(before_sync)) {}

  std::span<std::byte> bytes() noexcept override { return below_.bytes(); }
  int persist(uint64_t offset, uint64_t size) noexcept override {
    ++syncs_;
    if (is_planted("lost_heap_sync") && offset == PoolLayout(kShape).heap.offset) return 0;
    if (is_planted("lost_dirty") && syncs_ <= 2) return 0;
    return below_.persist(offset, size);
  }
  bool is_pmem() const noexcept override { return false; }
  std::string_view name() const noexcept override { return below_.name(); }

  const RecordingMedium& below() const { return below_; }

 private:
  RecordingMedium below_;
  int syncs_ = 0;
};

class Play {
 public:
  Play(Surroundings& surroundings, InputBytes input) : around_(surroundings), input_(input) {
    put("");
  }

  void run() {
    may_damage_ = input_.take(1) % 2 == 1;
    while (!input_.is_empty()) {
      const uint64_t act = input_.take(1) % (may_damage_ ? 5 : 2);
      if (act == 0) choose_options();
      if (act == 1) live();
      if (act == 2) overwrite();
      if (act == 3) truncate();
      if (act == 4) forge();
    }
  }

 private:
  std::string path() const { return around_.folder.path("pool"); }

  [[noreturn]] void report(const std::string& flaw) const {
    std::fprintf(stderr, "pool_fuzz: %s\n", flaw.c_str());
    std::filesystem::remove_all(around_.folder.path(""));  // no destructor runs
    std::abort();
  }

  void put(const std::string& image) {
    std::ofstream(path(), std::ios::binary | std::ios::trunc) << image;
    ::chmod(path().c_str(), 0600);
  }

  void choose_options() {
    const uint64_t bits = input_.take(1);
    refuses_dirty_ = (bits & 1) != 0;
    verifies_ = (bits & 2) != 0;
    discards_mismatch_ = (bits & 4) != 0;
    formats_ = (bits & 0xF0) == 0xF0;
  }

  // Opens, looks, maybe fills and keeps; then the file is what a cut leaves, or the end of it all.
  void live() {
    const uint64_t cut_at = input_.take(1) % 8;
    const test::Survival survival{input_.take(2), static_cast<unsigned>(input_.take(1) % 9 * 32)};
    const bool keeps = input_.take(1) % 4 != 0;
    const std::string text = fmt::format("life {}", ++lives_);
    std::string image;
    uint64_t syncs = 0;
    const SuspectMedium* medium = nullptr;
    const MapMedium map = [&](int file, uint64_t bytes) {
      auto made = std::make_unique<SuspectMedium>(file, bytes, [&](const RecordingMedium& now) {
        if (syncs++ == cut_at) image = now.after_cut(survival);
      });
      medium = made.get();
      return made;
    };
    const auto pool = open(map);
    if (pool == nullptr) return;
    const std::string content = look_at(*pool);
    if (keeps) keep(*pool, text);
    if (image.empty()) image = medium->below().after_cut(survival);
    put(image);
    const bool is_over = keeps && syncs <= cut_at;  // the stop had its end
    allowed_ = is_over ? std::set<std::string>{text} : std::set<std::string>{content, "empty"};
    if (keeps) allowed_.insert(text);
    texts_.insert(text);
    formats_ = false;
  }

  std::unique_ptr<FilePool> open(const MapMedium& map) {
    PoolOptions options;
    options.path.set(path());
    options.on_dirty.set(refuses_dirty_ ? "refuse" : "discard");
    options.on_mismatch.set(discards_mismatch_ ? "discard" : "refuse");
    options.verify.set(verifies_ ? "full" : "header");
    if (formats_) options.format.give(), allowed_ = {"empty"};
    try {
      return std::make_unique<FilePool>(
          options, kShape, FilePool::Context{around_.registry, around_.time, *around_.log, "0.1.0"},
          map, "boot");
    } catch (const SetupError& error) {
      if (error.code() != ExitCode::kBadData) report(error.what());
      if (!may_damage_ && !refuses_dirty_) report(error.what());
      return nullptr;
    }
  }

  std::string look_at(FilePool& pool) {
    const auto kept = pool.kept();
    const std::string tables(reinterpret_cast<const char*>(kept.data()), kept.size());
    bool is_whole = true;
    for (size_t i = 0; i < pool.bytes().size(); ++i) {
      is_whole &=
          tables.empty() || pool.bytes()[i] == static_cast<std::byte>(tables[i % tables.size()]);
    }
    const std::string content = tables.empty() ? "empty" : is_whole ? tables : "wrong";
    const bool is_right =
        may_damage_ ? content == "empty" || texts_.contains(content) : allowed_.contains(content);
    const bool may_be_wrong = is_forged_ || (may_damage_ && !(verifies_ && was_verified_));
    if (!is_right && !may_be_wrong) report("found: " + content);
    return content;
  }

  void keep(FilePool& pool, const std::string& text) {
    for (size_t i = 0; i < pool.bytes().size(); ++i)
      pool.bytes()[i] = static_cast<std::byte>(text[i % text.size()]);
    pool.keep([&](PoolWriter& writer) { writer.append(std::as_bytes(std::span(text))); });
    was_verified_ = verifies_;
  }

  void overwrite() {
    std::string image = test::content_of(path());
    if (image.empty()) return;
    size_t at = input_.take(2) % image.size();
    for (size_t left = input_.take(1) % 16; left > 0 && at < image.size(); --left) {
      image[at] = static_cast<char>(image[at] ^ static_cast<char>(input_.take(1)));
      ++at;
    }
    put(image);
  }

  void truncate() {
    const std::string image = test::content_of(path());
    put(image.substr(0, input_.take(2) % (image.size() + 1)));
    if (test::content_of(path()).empty()) allowed_ = {"empty"};
  }

  // A field of a superblock, with a checksum that says it is right.
  void forge() {
    const std::string image = test::content_of(path());
    SuperblockPage page;
    const size_t begin = input_.take(1) % 2 * page.size();
    if (image.size() < begin + page.size()) return;
    std::memcpy(page.data(), image.data() + begin, page.size());
    Superblock superblock;
    (void)decode(page, superblock);
    const size_t at = input_.take(2) % sizeof superblock / 4 * 4;
    const uint64_t number = input_.take(8);
    std::memcpy(reinterpret_cast<char*>(&superblock) + at, &number,
                std::min(sizeof number, sizeof superblock - at));
    page = encode(superblock);
    put(image.substr(0, begin) + std::string(reinterpret_cast<char*>(page.data()), page.size()) +
        image.substr(begin + page.size()));
    is_forged_ = true;
  }

  Surroundings& around_;
  InputBytes input_;
  bool may_damage_ = false;
  bool is_forged_ = false;
  bool refuses_dirty_ = false;
  bool verifies_ = false;
  bool was_verified_ = false;
  bool discards_mismatch_ = false;
  bool formats_ = false;
  int lives_ = 0;
  std::set<std::string> allowed_{"empty"};
  std::set<std::string> texts_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static Surroundings surroundings;
  Play(surroundings, InputBytes(data, size)).run();
  return 0;
}
