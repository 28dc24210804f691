#include "service/ping.h"

#include <string>

#include "buffer/buffer_pool.h"
#include "buffer/output.h"
#include "log/log.h"
#include "metric/registry.h"
#include "option/option_set.h"

#include "check.h"

namespace pelikan {
namespace {

struct World {
  Progress process(std::string_view in) { return conversation->process(in, out); }

  // What was composed; it is sent thereby.
  std::string take() {
    std::string text;
    while (out.size() > 0) {
      size_t sent = 0;
      for (const iovec& piece : out.pending()) {
        text.append(static_cast<const char*>(piece.iov_base), piece.iov_len);
        sent += piece.iov_len;
      }
      out.drop(sent);
    }
    return text;
  }

  [[nodiscard]] int64_t count(std::string_view name) { return registry.read().value(name); }

  FakeTime time;
  Clock clock{time};
  MetricRegistry registry;
  BufferMetrics buffer_metrics{registry};
  BufferPool pool{16 * Chunk::kSize, buffer_metrics};
  LogOptions log_options;
  LogMetrics log_metrics{registry};
  Log log{log_options, log_metrics, time};
  OptionSet options{{}};
  NoConnections nobody;
  ServerContext context{.options = options,
                        .metrics = registry,
                        .time = time,
                        .log = log,
                        .connections = nobody,
                        .version = "1.2.3",
                        .start_boot_ms = 0,
                        .start_unix_ms = 0};
  PingService service{context};
  std::unique_ptr<Processor> processor = service.processor(clock);
  std::unique_ptr<Conversation> conversation = processor->open("tcp:test", 7);
  Output out{pool};
};

std::string repeated(std::string_view text, size_t times) {
  std::string all;
  for (size_t i = 0; i < times; ++i) all += text;
  return all;
}

START_TEST(every_ping_gets_a_pong) {
  World world;
  ck_assert_uint_eq(world.process("PING\r\n").consumed, 6);
  ck_assert_text_eq(world.take(), "PONG\r\n");
  ck_assert_uint_eq(world.process(repeated("PING\r\n", 1000)).consumed, 6000);
  ck_assert_text_eq(world.take(), repeated("PONG\r\n", 1000));
  ck_assert_int_eq(world.count("ping_request"), 1001);
}
END_TEST

START_TEST(a_part_of_a_ping_is_left_for_later) {
  World world;
  for (size_t split = 0; split < 6; ++split) {
    const std::string in = "PING\r\n" + std::string("PING\r\n").substr(0, split);
    const Progress progress = world.process(in);
    ck_assert_uint_eq(progress.consumed, 6);
    ck_assert(!progress.close);
    ck_assert_text_eq(world.take(), "PONG\r\n");
  }
}
END_TEST

START_TEST(anything_else_closes_after_the_replies_due) {
  World world;
  const Progress progress = world.process("PING\r\nPING\r\nPINK\r\nPING\r\n");
  ck_assert_uint_eq(progress.consumed, 12);
  ck_assert(progress.close);
  ck_assert_text_eq(world.take(), "PONG\r\nPONG\r\n");
  ck_assert_int_eq(world.count("ping_request"), 2);
  ck_assert_int_eq(world.count("ping_invalid"), 1);
}
END_TEST

START_TEST(without_room_requests_wait_and_none_is_lost) {
  World world;
  constexpr size_t kPings = 100'000;
  const std::string in = repeated("PING\r\n", kPings);
  std::string replies;
  size_t consumed = 0;
  size_t calls = 0;
  while (consumed < in.size()) {
    const Progress progress = world.process(std::string_view(in).substr(consumed));
    ck_assert_uint_gt(progress.consumed, 0);
    ck_assert_uint_le(world.out.size(), Output::kHighWatermark + Output::kReplyReserve);
    consumed += progress.consumed;
    replies += world.take();
    ++calls;
  }
  ck_assert_uint_ge(calls, 2);
  ck_assert(replies == repeated("PONG\r\n", kPings));
}
END_TEST

START_TEST(workers_count_apart_and_are_summed) {
  World world;
  const std::unique_ptr<Processor> other = world.service.processor(world.clock);
  const std::unique_ptr<Conversation> conversation = other->open("tcp:test", 7);
  (void)conversation->process("PING\r\n", world.out);
  (void)world.process("PING\r\nPING\r\n");
  ck_assert_int_eq(world.count("ping_request"), 3);
  (void)world.take();
}
END_TEST

}  // namespace
}  // namespace pelikan

PELIKAN_TESTS("service/ping", pelikan::every_ping_gets_a_pong,
              pelikan::a_part_of_a_ping_is_left_for_later,
              pelikan::anything_else_closes_after_the_replies_due,
              pelikan::without_room_requests_wait_and_none_is_lost,
              pelikan::workers_count_apart_and_are_summed)
