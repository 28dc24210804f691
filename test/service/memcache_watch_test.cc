// Watchers: what they are told, and that nobody waits for them.
#include <fmt/format.h>

#include <atomic>
#include <string>
#include <thread>

#include "memcache_session.h"
#include "service/memcache_watch_events.h"
#include "storage/map_store.h"
#include "storage/seg/maintenance.h"
#include "storage/seg/seg_access.h"
#include "storage/seg/seg_store.h"

#include "check.h"

namespace {

using namespace pelikan;
using namespace pelikan::test;

// A client, and one that watches.
struct Rig {
  explicit Rig(const std::string& kinds) {
    shared.watch = &server.control.watch().writer();
    ck_assert_text_eq(watcher.send("watch " + kinds + "\r\n"), "OK\r\n");
    server.control.watch().tick();
  }

  // What the watcher has been told, without the stamps.
  std::string told() {
    server.control.watch().tick();
    std::string lines = watcher.read_on();
    std::string events;
    while (!lines.empty()) {
      const size_t type = lines.find("type=");
      const size_t end = lines.find('\n') + 1;
      events += lines.substr(type, end - type);
      lines.erase(0, end);
    }
    return events;
  }
  std::string told_of(std::string_view commands) {
    (void)client.send(commands);
    return told();
  }

  MemcacheServer server;
  MapStore store{server.clock};
  MemcacheShared<MapStore> shared{store,          server.clock, server.control,
                                  server.metrics, server.klog,  {}};
  MemcacheConnection<MapStore> watcher{server, shared};
  MemcacheConnection<MapStore> client{server, shared};
};

START_TEST(fetchers_tell_hits_and_misses_in_order) {
  Rig rig("fetchers");
  ck_assert_text_eq(rig.told_of("set k 0 0 5\r\nhello\r\nget a%b k\r\ntouch k 0\r\nincr k 1\r\n"
                                "delete k\r\ngat 0 k\r\n"),
                    "type=item_get key=a%25b status=not_found clsid=0 cfd=0 size=0\n"
                    "type=item_get key=k status=found clsid=1 cfd=0 size=5\n"
                    "type=item_get key=k status=found clsid=1 cfd=0 size=5\n"
                    "type=item_get key=k status=found clsid=1 cfd=0 size=5\n"
                    "type=item_get key=k status=not_found clsid=0 cfd=0 size=0\n");
}
END_TEST

START_TEST(mutations_tell_every_outcome_of_a_write) {
  Rig rig("mutations");
  ck_assert_text_eq(
      rig.told_of("set k 0 50 5\r\nhello\r\nadd k 0 0 1\r\nv\r\nreplace n 0 0 1\r\nv\r\n"
                  "append k 0 0 2\r\nxx\r\nprepend n 0 0 1\r\nv\r\n"
                  "cas k 0 0 1 999\r\nv\r\ncas n 0 0 1 1\r\nv\r\n"
                  "set k 0 1700000100 0\r\n\r\nget k\r\ndelete k\r\n"),
      "type=item_store key=k status=stored cmd=set ttl=50 clsid=1 cfd=0 size=5\n"
      "type=item_store key=k status=not_stored cmd=add ttl=0 clsid=1 cfd=0 size=1\n"
      "type=item_store key=n status=not_stored cmd=replace ttl=0 clsid=1 cfd=0 size=1\n"
      "type=item_store key=k status=stored cmd=append ttl=0 clsid=1 cfd=0 size=2\n"
      "type=item_store key=n status=not_stored cmd=prepend ttl=0 clsid=1 cfd=0 size=1\n"
      "type=item_store key=k status=exists cmd=cas ttl=0 clsid=1 cfd=0 size=1\n"
      "type=item_store key=n status=not_found cmd=cas ttl=0 clsid=1 cfd=0 size=1\n"
      "type=item_store key=k status=stored cmd=set ttl=100 clsid=1 cfd=0 size=0\n");
}
END_TEST

START_TEST(mutations_tell_of_values_that_are_refused) {
  Rig rig("mutations");
  const std::string large(kMiB + 1, 'v');
  ck_assert_text_eq(
      rig.told_of("set k 0 0 1048577\r\n" + large + "\r\n"),
      "type=item_store key=k status=too_large cmd=set ttl=0 clsid=1 cfd=0 size=1048577\n");
  rig.store.refuse(1, false);
  ck_assert_text_eq(rig.told_of("set k 0 0 1\r\nv\r\n"),
                    "type=item_store key=k status=no_memory cmd=set ttl=0 clsid=1 cfd=0 size=1\n");
}
END_TEST

START_TEST(deletions_tell_what_was_deleted) {
  Rig rig("deletions");
  ck_assert_text_eq(rig.told_of("set k 0 0 5\r\nhello\r\ndelete k\r\ndelete k\r\n"),
                    "type=deleted key=k cmd=delete clsid=1 cfd=0 size=5\n");
}
END_TEST

START_TEST(meta_commands_are_told_like_the_others) {
  Rig rig("fetchers mutations deletions");
  ck_assert_text_eq(rig.told_of("ms k 5\r\nhello\r\nms k 1 ME\r\nv\r\nmg k v\r\nmg n v\r\nma k\r\n"
                                "me k\r\nmd n\r\nmd k\r\n"),
                    "type=item_store key=k status=stored cmd=set ttl=0 clsid=1 cfd=0 size=5\n"
                    "type=item_store key=k status=not_stored cmd=set ttl=0 clsid=1 cfd=0 size=1\n"
                    "type=item_get key=k status=found clsid=1 cfd=0 size=5\n"
                    "type=item_get key=n status=not_found clsid=0 cfd=0 size=0\n"
                    "type=item_get key=k status=found clsid=1 cfd=0 size=5\n"
                    "type=deleted key=k cmd=md clsid=1 cfd=0 size=5\n");
}
END_TEST

START_TEST(connevents_tell_who_comes_and_goes) {
  Rig rig("connevents");
  for (const CloseReason reason : {CloseReason::kPeerClosed, CloseReason::kIdle,
                                   CloseReason::kConnectionLost, CloseReason::kShutdown}) {
    MemcacheConversation<MapStore> conversation(rig.shared, "tcp:[::1]:53920", 7);
    conversation.closed(reason);
  }
  const std::string opened = "type=conn_new rip=::1 rport=53920 transport=tcp cfd=7\n";
  const std::string closed = "type=conn_close rip=::1 rport=53920 transport=tcp reason=";
  ck_assert_text_eq(rig.told(), opened + closed + "normal cfd=7\n" + opened + closed +
                                    "idle_timeout cfd=7\n" + opened + closed + "error cfd=7\n" +
                                    opened + closed + "shutdown cfd=7\n");
  MemcacheConversation<MapStore> local(rig.shared, "unix:/run/cache.sock", 8);
  ck_assert_text_eq(rig.told(),
                    "type=conn_new rip=%2Frun%2Fcache.sock rport=0 transport=local cfd=8\n");
}
END_TEST

START_TEST(a_line_says_when_and_which) {
  Rig rig("fetchers");
  rig.server.time.advance_ms(7);
  (void)rig.client.send("get a\r\n");
  (void)rig.client.send("get b\r\n");
  rig.server.control.watch().tick();
  const std::string lines = rig.watcher.read_on();
  ck_assert(lines.starts_with("ts=1700000000.007000 gid=1 type=item_get key=a "));
  ck_assert(lines.find("\nts=1700000000.007000 gid=2 type=item_get key=b ") != std::string::npos);
}
END_TEST

START_TEST(a_watcher_is_told_only_what_it_asked_for) {
  Rig rig("deletions");
  MemcacheConnection<MapStore> other(rig.server, rig.shared);
  ck_assert_text_eq(other.send("watch mutations fetchers\r\n"), "OK\r\n");
  ck_assert_text_eq(rig.told_of("set k 0 0 1\r\nv\r\nget k\r\ndelete k\r\n"),
                    "type=deleted key=k cmd=delete clsid=1 cfd=0 size=1\n");
  const std::string others = other.read_on();
  ck_assert(others.find("type=item_store key=k ") != std::string::npos);
  ck_assert(others.find("type=item_get key=k ") != std::string::npos);
  ck_assert(others.find("type=deleted") == std::string::npos);
  ck_assert_uint_eq(rig.server.count("watch_sent"), 3);
}
END_TEST

START_TEST(nothing_is_written_when_nobody_watches_any_more) {
  Rig rig("fetchers");
  {
    MemcacheConnection<MapStore> other(rig.server, rig.shared);
    ck_assert_text_eq(other.send("watch mutations\r\n"), "OK\r\n");
    rig.server.control.watch().tick();
    ck_assert_uint_eq(rig.server.count("watch_watchers"), 2);
    ck_assert_text_eq(rig.told_of("set k 0 0 1\r\nv\r\n"), "");
    ck_assert_uint_eq(rig.server.count("watch_written"), 1);
  }
  rig.server.control.watch().tick();
  ck_assert_uint_eq(rig.server.count("watch_watchers"), 1);
  ck_assert_text_eq(rig.told_of("set k 0 0 1\r\nv\r\n"), "");
  ck_assert_uint_eq(rig.server.count("watch_written"), 1);
}
END_TEST

START_TEST(a_watcher_that_does_not_read_loses_lines_and_is_told_so) {
  Rig rig("fetchers");
  rig.watcher.stop_reading();
  constexpr size_t kGets = 20'000;
  for (size_t i = 0; i < kGets; ++i) {
    ck_assert_text_eq(rig.client.send("get missing\r\n"), "END\r\n");
    if (i % 1000 == 0) rig.server.control.watch().tick();
  }
  rig.server.control.watch().tick();
  const uint64_t skipped = rig.server.count("watch_skipped");
  ck_assert_uint_gt(skipped, 1000);
  ck_assert_uint_eq(rig.server.count("watch_written"), kGets);
  ck_assert_uint_eq(rig.server.count("watch_sent"), kGets - skipped);
  ck_assert_uint_eq(rig.server.count("watch_dropped"), 0);
  std::string got;
  for (std::string part = rig.watcher.read_on(); !part.empty(); part = rig.watcher.read_on()) {
    got += part;
  }
  ck_assert(got.ends_with("\n"));
  (void)rig.client.send("get again\r\n");
  rig.server.control.watch().tick();
  const std::string note = "[skipped: " + std::to_string(skipped) + "]\n";
  ck_assert(rig.watcher.read_on().starts_with(note));
}
END_TEST

START_TEST(a_thread_that_is_not_listened_to_loses_lines) {
  Rig rig("fetchers");
  for (int i = 0; i < 10'000; ++i) (void)rig.client.send("get missing\r\n");
  const uint64_t dropped = rig.server.count("watch_dropped");
  ck_assert_uint_gt(dropped, 0);
  ck_assert_uint_eq(rig.server.count("watch_written") + dropped, 10'000);
}
END_TEST

START_TEST(more_than_twenty_watchers_are_refused_until_one_leaves) {
  Rig rig("fetchers");
  std::vector<std::unique_ptr<MemcacheConnection<MapStore>>> others;
  for (int i = 0; i < 19; ++i) {
    others.push_back(std::make_unique<MemcacheConnection<MapStore>>(rig.server, rig.shared));
    ck_assert_text_eq(others.back()->send("watch\r\n"), "OK\r\n");
  }
  MemcacheConnection<MapStore> late(rig.server, rig.shared);
  ck_assert_text_eq(late.send("watch\r\n"), "WATCHER_TOO_MANY log watcher limit reached\r\n");
  others.pop_back();
  ck_assert_text_eq(late.send("watch\r\n"), "OK\r\n");
  ck_assert_text_eq(late.send("get k\r\n"), "");  // it watches, and asks for nothing any more
}
END_TEST

START_TEST(places_change_hands_while_lines_are_told) {
  FakeTime time;
  MetricRegistry registry;
  MemcacheWatch watch(registry, time);
  WatchWriter& writer = watch.writer();
  std::atomic<bool> is_over{false};
  std::thread control([&] {
    while (!is_over.load(std::memory_order_relaxed)) {
      writer.write(WatchKind::kFetchers, "fetch");
      writer.write(WatchKind::kMutations, "write");
      watch.tick();
    }
  });
  BufferMetrics metrics(registry);
  BufferPool pool(64 * Chunk::kSize, metrics);
  for (int i = 0; i < 500; ++i) {
    const bool fetches = i % 2 == 0;
    auto seat =
        watch.join(static_cast<uint8_t>(fetches ? WatchKind::kFetchers : WatchKind::kMutations));
    ck_assert(seat.has_value());
    Output out(pool);
    while (out.size() == 0) (void)(**seat).move_lines(out);
    for (const iovec& piece : out.pending()) {
      const std::string_view told(static_cast<const char*>(piece.iov_base), piece.iov_len);
      ck_assert(told.find(fetches ? "write" : "fetch") == std::string_view::npos);
    }
  }
  is_over.store(true, std::memory_order_relaxed);
  control.join();
}
END_TEST

START_TEST(evictions_tell_what_went) {
  MemcacheServer server;
  SegOptions options;
  options.memory.set({8 * kMiB});
  options.prefault.set(false);
  options.huge_pages.set(false);
  SegStore store(options, 2, server.time, server.registry);
  WatchedEvictions evictions(server.control.watch());
  evictions.open(store.observe_evictions(evictions));
  Maintenance maintenance(store, server.time);
  SegStore::Access access = store.access(server.clock);
  MemcacheSession<SegStore::Access> session(server, access);
  MemcacheConnection<SegStore::Access> watcher(server, session.shared);
  ck_assert_text_eq(watcher.send("watch evictions\r\n"), "OK\r\n");
  const std::string value(1000, 'v');
  std::string lines;
  for (int i = 0; i < 20'000; ++i) {
    (void)session.connection.send(fmt::format("set key{} 0 0 1000 noreply\r\n{}\r\n", i, value));
    if (i == 0) (void)session.connection.send("get key0\r\n");
    maintenance.run_once();
    if (i % 500 == 0) server.control.watch().tick();
    lines += watcher.read_on();
  }
  server.control.watch().tick();
  for (std::string part = watcher.read_on(); !part.empty(); part = watcher.read_on()) lines += part;
  ck_assert(lines.find("type=eviction key=key0 fetch=yes ttl=-1 la=0 clsid=1 size=1000\n") !=
            std::string::npos);
  ck_assert(lines.find("type=eviction key=key1 fetch=no ttl=-1 la=0 clsid=1 size=1000\n") !=
            std::string::npos);
  const auto told = static_cast<uint64_t>(std::count(lines.begin(), lines.end(), '\n'));
  ck_assert_uint_eq(told, server.count("seg_evict_item"));
  ck_assert_uint_gt(told, 5'000);
}
END_TEST

}  // namespace

PELIKAN_TESTS("service/memcache_watch", fetchers_tell_hits_and_misses_in_order,
              mutations_tell_every_outcome_of_a_write, mutations_tell_of_values_that_are_refused,
              deletions_tell_what_was_deleted, meta_commands_are_told_like_the_others,
              connevents_tell_who_comes_and_goes, a_line_says_when_and_which,
              a_watcher_is_told_only_what_it_asked_for,
              nothing_is_written_when_nobody_watches_any_more,
              a_watcher_that_does_not_read_loses_lines_and_is_told_so,
              a_thread_that_is_not_listened_to_loses_lines,
              more_than_twenty_watchers_are_refused_until_one_leaves,
              places_change_hands_while_lines_are_told, evictions_tell_what_went)
