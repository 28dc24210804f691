// Bytes to a memcached conversation over the reference store. However they are cut into pieces, the
// replies are the same; every reply is one that a client can read; and a connection that ends gives
// back all memory.
//
// The second byte's high bit chooses a server that asks who its clients are.
//
// Byte 0xfe stands for a kilobyte of value, so that short inputs reach the path of long values.
//
// covers: src/protocol/memcache src/service
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include "base/assertion.h"
#include "fuzz/planted_bug.h"
#include "log/temporary_directory.h"
#include "protocol/memcache/binary.h"
#include "protocol/memcache/parse_reply.h"
#include "service/memcache_rig.h"
#include "storage/map_store.h"

namespace {

using namespace pelikan;
using fuzz::is_planted;

// Stats would tell one run from the next.
struct Server final : test::MemcacheServer {
  using test::MemcacheServer::MemcacheServer;
  [[nodiscard]] std::optional<std::string> stats(std::string_view words) override {
    if (words == "bogus") return std::nullopt;
    return "STAT words " + std::to_string(words.size()) + "\r\nEND\r\n";
  }
};

struct Outcome {
  std::string replies;
  bool closed = false;
  friend bool operator==(const Outcome&, const Outcome&) = default;
};

// The longest piece without a line feed: a longer line may be closed or begun before its end is
// seen.
size_t longest_line(std::string_view text) {
  size_t longest = 0;
  while (!text.empty()) {
    const size_t size = std::min(text.find('\n'), text.size());
    longest = std::max(longest, size);
    text.remove_prefix(std::min(text.size(), size + 1));
  }
  return longest;
}

// A client's connection, with room for planted bugs.
class SuspectConnection {
 public:
  SuspectConnection(Server& server, MemcacheShared<test::MapStore>& shared)
      : pool_(server.pool), connection_(server, shared) {}
  ~SuspectConnection() {
    if (is_planted("kept_chunk") && is_closed()) (void)pool_.borrow_for_input();
  }
  SuspectConnection(const SuspectConnection&) = delete;
  SuspectConnection& operator=(const SuspectConnection&) = delete;

  std::string send(std::string_view bytes) {
    if (is_planted("cut_line_end") && bytes.ends_with('\r')) bytes.remove_suffix(1);
    std::string replies = connection_.send(bytes);
    if (is_planted("short_reply") && replies.size() > 1'000) replies.pop_back();
    return replies;
  }
  [[nodiscard]] bool is_closed() const { return connection_.is_closed(); }

 private:
  BufferPool& pool_;
  test::MemcacheConnection<test::MapStore> connection_;
};

Server& server_of(bool authenticates) {
  if (!authenticates) {
    static Server open;
    return open;
  }
  static Server guarded = [] {
    const test::TemporaryDirectory directory;
    const std::string path = directory.path("users");
    std::ofstream(path) << "user:pass\n";
    std::filesystem::permissions(path, std::filesystem::perms::owner_read);
    return Server({{"auth_file", path}});
  }();
  return guarded;
}

// Pieces of 1 to `most` bytes, as `seed` has it; most = 0: all in one.
Outcome run(Server& server, std::string_view text, size_t most, uint32_t seed) {
  const size_t free_before = server.pool.available();
  Outcome outcome;
  {
    test::MapStore store(server.clock, {.value = 200'000, .large_from = 90'000, .part = 10'000});
    MemcacheShared<test::MapStore> shared{store,          server.clock, server.control,
                                          server.metrics, server.klog,  {}};
    SuspectConnection connection(server, shared);
    while (!text.empty() && !connection.is_closed()) {
      seed = seed * 1'664'525 + 1'013'904'223;
      const size_t piece = most == 0 ? text.size() : std::min(text.size(), 1 + (seed >> 8) % most);
      outcome.replies += connection.send(text.substr(0, piece));
      text.remove_prefix(piece);
    }
    outcome.closed = connection.is_closed();
  }
  CHECK(server.pool.available() == free_before);
  return outcome;
}

// What is asked for with these is refused behind another command in one piece, as memcached has it:
// the replies may tell how the bytes were cut.
bool tells_pieces(std::string_view text) {
  return text.find("lru_crawler") != text.npos || text.find("watch") != text.npos;
}

// A line that is neither an error nor any reply that clients parse: a dump's, or a refusal in words
// of its own.
bool is_bare_line(std::string_view line) {
  constexpr std::array<std::string_view, 6> kBegins = {
      "key=", "mg ", "ITEM ", "BADCLASS ", "MEMLIMIT_", "WATCHER_TOO_MANY "};
  return std::ranges::any_of(kBegins, [&](auto begin) { return line.starts_with(begin); });
}

void check_readable(std::string_view replies) {
  memcache::ParsedReply reply;
  while (!replies.empty()) {
    CHECK(memcache::parse_reply(replies, reply));
    if (reply.kind == memcache::ReplyKind::kError) {
      CHECK(reply.text.starts_with("ERROR") || reply.text.starts_with("CLIENT_ERROR ") ||
            reply.text.starts_with("SERVER_ERROR") || is_bare_line(reply.text));
    }
    replies.remove_prefix(reply.size);
  }
}

void check_frames(std::string_view replies) {
  while (!replies.empty()) {
    CHECK(replies.size() >= memcache::kBinaryHeader);
    const memcache::BinaryHeader header = memcache::read_header(replies.data());
    replies.remove_prefix(memcache::kBinaryHeader);
    CHECK(header.magic == memcache::kBinaryReply && header.body_size <= replies.size());
    CHECK(size_t{header.extras_size} + header.key_size <= header.body_size);
    replies.remove_prefix(header.body_size);
  }
}

std::string expand(std::string_view bytes) {
  constexpr size_t kEnough = 500'000;
  std::string text;
  for (const char byte : bytes) {
    if (byte == '\xfe' && text.size() < kEnough) {
      text += std::string(1023, 'v') + '\n';
    } else {
      text += byte;
    }
  }
  return text;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 2) return 0;
  const uint32_t seed = data[0];
  const std::string text = expand({reinterpret_cast<const char*>(data) + 2, size - 2});
  // Long texts in larger pieces, to be done with them.
  const size_t most = std::max(size_t{1} << (data[1] % 13), text.size() / 500);
  const bool authenticates = (data[1] & 0x80) != 0;
  Server& server = server_of(authenticates);
  const Outcome whole = run(server, text, 0, seed);
  const Outcome split = run(server, text, most, seed);
  if (text.starts_with(memcache::kBinaryRequest) && !authenticates) {
    CHECK(whole == split);
    check_frames(whole.replies);
    return 0;
  }
  if (longest_line(text) <= memcache::kMaxOpenLine && !tells_pieces(text)) CHECK(whole == split);
  check_readable(whole.replies);
  check_readable(split.replies);
  return 0;
}
