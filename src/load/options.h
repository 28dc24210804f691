// What pelikan_load can be told, beside the options of keyspaces, traces and reports.
//
// Thread safety: as Option's.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "load/workload/count_option.h"
#include "option/option.h"

namespace pelikan::load {

struct LoadOptions : OptionGroup {
  using Milliseconds = std::chrono::milliseconds;
  static constexpr Milliseconds kNone{0};
  static constexpr Milliseconds kLong = std::chrono::hours(24 * 365);

  Option<std::string> servers{this, "servers", "127.0.0.1",
                              "comma-separated HOST, HOST:PORT or unix:/path; the port is the "
                              "protocol's where none is given; for a ring HOST:PORT:WEIGHT NAME"};
  Option<Choice> distribution{this,
                              "distribution",
                              "roundrobin",
                              "of the requests over several servers: in turn, or by key on "
                              "nutcracker's ring",
                              {"roundrobin", "ketama"}};
  Option<std::string> hash{this, "hash", "fnv1a_64",
                           "of ketama's keys, by nutcracker's name: fnv1a_64, fnv1_64, fnv1a_32, "
                           "fnv1_32, crc32, murmur, one_at_a_time, md5"};
  Option<std::string> protocol{this, "protocol", "memcache",
                               "memcache, memcache_meta, memcache_binary, resp2, resp3, ping, or "
                               "fixed: lines of 40 bytes for 100 bytes, as of an echo"};
  Option<std::string> auth_user{this, "auth_user", "",
                                "name to log in with; empty: the protocol's default"};
  Option<std::string> auth_password_file{
      this, "auth_password_file", "",
      "file whose first line is the password to log in with; empty: nobody logs in"};
  Option<uint64_t> threads{this, "threads", 1, "threads that send", {1, 1024}};
  Option<std::string> cpu_affinity{this, "cpu_affinity", "",
                                   "CPUs for the threads in turn, like 2,3; empty: any"};
  CountOption connections{this, "connections", 16, "connections of a thread", {1, 1'000'000}};
  Option<uint64_t> pipeline{this,
                            "pipeline",
                            0,
                            "requests in flight on a connection, 0 for 1 in a closed loop and 64 "
                            "in an open one",
                            {0, 65536}};
  CountOption idle_connections{
      this, "idle_connections", 0, "connections more that are opened and not used", {0, 1'000'000}};
  Option<double> churn{
      this, "churn", 0, "connections closed and opened again each second", {0, 1e6}};
  CountOption reconnect_every{this,
                              "reconnect_every",
                              0,
                              "requests after which a connection is closed and opened again, 0 "
                              "for never",
                              {0, CountOption::kMost}};
  Option<bool> nodelay{this, "nodelay", true,
                       "TCP_NODELAY: requests do not wait for acknowledgements"};
  Option<std::string> source_ips{
      this, "source_ips", "",
      "own addresses that connections take in turn; empty: the system's choice"};
  Option<Milliseconds> connect_timeout{
      this,
      "connect_timeout",
      Milliseconds(2000),
      "how long a server may be unreachable, at the start and later",
      {Milliseconds(1), kLong}};
  Option<Milliseconds> request_timeout{this,
                                       "request_timeout",
                                       Milliseconds(1000),
                                       "an answer that takes longer is a timeout",
                                       {Milliseconds(1), kLong}};

  Option<std::string> rate{this, "rate", "0",
                           "requests a second over all threads, like 100k; 0: a closed loop, as "
                           "fast as the server answers; FROM:TO for search"};
  Option<Choice> arrival{
      this, "arrival", "poisson", "when requests are planned at a rate", {"poisson", "even"}};
  Option<std::string> schedule{this, "schedule", "",
                               "rates over time, `;` between: const R D, ramp R1 R2 D, step R1 R2 "
                               "dR D [shuffle|mirror], sine MEAN AMP PERIOD D, burst BASE PEAK LEN "
                               "EVERY D, file PATH; in place of rate and duration"};
  Option<Choice> rate_on_full{this,
                              "rate_on_full",
                              "queue",
                              "what becomes of a planned request when all windows are full",
                              {"queue", "drop"}};
  Option<Milliseconds> warmup{
      this, "warmup", kNone, "load before the measured part", {kNone, kLong}};
  Option<Milliseconds> duration{this,
                                "duration",
                                Milliseconds(10'000),
                                "of the measured part; the default does not limit requests",
                                {Milliseconds(1), kLong}};
  CountOption requests{this, "requests", 0, "measured requests, 0: as duration allows"};
  Option<uint64_t> seed{this, "seed", 1, "the same seed makes the same requests"};
  Option<std::string> prefill{this, "prefill", "none",
                              "stored before: none, all, N%, N keys, or bytes like 4GiB"};

  Option<std::string> search{this, "search", "",
                             "find the highest rate at which this holds, like p99.9<1ms"};
  Option<std::string> assertions{this, "assert", "",
                                 "what must hold, or the exit status is 4: p99.9<2ms,hit>0.9,"
                                 "errors=0"};
  Option<bool> strict{this, "strict", false, "exit status 3 when the generator was the bottleneck"};

  Option<bool> self_test{this, "self_test", false,
                         "only try what this machine lets the generator do, against a server that "
                         "does nothing"};
  Option<Milliseconds> interval{
      this, "interval", Milliseconds(1000), "of the time series", {Milliseconds(10), kLong}};
  Option<bool> quiet{this, "quiet", false, "no live line and no summary"};
  Option<Choice> color{this, "color", "auto", "colours on the terminal", {"auto", "yes", "no"}};
};

}  // namespace pelikan::load
