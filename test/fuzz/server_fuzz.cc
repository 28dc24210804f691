// Four clients on one worker, two that speak memcached's protocol and two that speak Redis', as the
// input has it: what they ask, in which portions it arrives, how much they read and when, how time
// goes on, and who leaves when. Every request of a client that is still there has exactly one
// reply, whole; and when all have gone, all memory is back.
//
// covers: src/core src/service
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/assertion.h"
#include "fuzz/input_bytes.h"
#include "fuzz/server_session.h"

namespace {

using namespace pelikan;
using fuzz::Client;
using fuzz::InputBytes;

// Requests that have one reply, with what stands for their parts: K a key, V a value with its
// length in front as the protocol writes it, # or N a number.
constexpr std::string_view kMemcacheRequests[] = {
    "get K\r\n",       "get K K miss K\r\n",   "set K 0 0 V\r\n", "set K 7 2 V\r\n",
    "add K 0 0 V\r\n", "append K 0 0 V\r\n",   "cas K 0 0 V\r\n", "delete K\r\n",
    "incr K #\r\n",    "touch K #\r\n",        "gat # K K\r\n",   "mg K v t f\r\n",
    "ms K V\r\n",      "ma K N0 D2 v\r\n",     "md K\r\n",        "mn\r\n",
    "stats\r\n",       "cache_memlimit #\r\n", "flush_all #\r\n", "junk\r\n",
};
constexpr std::string_view kRespRequests[] = {
    "GET K",          "SET K V",        "SET K V EX N", "APPEND K V",   "GETRANGE K 0 -1",
    "SETRANGE K N V", "DEL K K",        "MSET K V K V", "MGET K K K",   "INCRBY K N",
    "EXPIRE K N",     "BITOP OR K K K", "SETBIT K N 1", "BITCOUNT K",   "KEYS *",
    "SCAN 0",         "RANDOMKEY",      "COPY K K",     "PING",         "ECHO V",
    "INFO",           "CLIENT LIST",    "COMMAND",      "CONFIG GET *", "HELLO N",
    "FLUSHALL",       "DBSIZE",         "junk K",
};

std::string key(InputBytes& input) { return "k" + std::to_string(input.take(1) % 12); }
std::string number(InputBytes& input) { return std::to_string(input.take(1)); }
// Up to 130,050 bytes, more than a chunk and more than an item may have.
std::string value(InputBytes& input) {
  const uint64_t size = input.take(1);
  return std::string(size * size * 2, 'v');
}

std::string memcache_request(InputBytes& input) {
  std::string request;
  for (const char c : kMemcacheRequests[input.take(1) % std::size(kMemcacheRequests)]) {
    if (c == 'K') {
      request += key(input);
    } else if (c == '#') {
      request += number(input);
    } else if (c == 'V') {
      const std::string bytes = value(input);
      const std::string_view unique = request.starts_with("cas") ? " 1" : "";
      request += std::to_string(bytes.size()) + std::string(unique) + "\r\n" + bytes;
    } else {
      request += c;
    }
  }
  return request;
}

std::string resp_request(InputBytes& input) {
  std::string_view rest = kRespRequests[input.take(1) % std::size(kRespRequests)];
  std::string arguments;
  size_t count = 0;
  for (; !rest.empty(); ++count) {
    const std::string_view word = rest.substr(0, rest.find(' '));
    rest.remove_prefix(std::min(rest.size(), word.size() + 1));
    const std::string argument = word == "K"   ? key(input)
                                 : word == "V" ? value(input)
                                 : word == "N" ? number(input)
                                               : std::string(word);
    arguments += "$" + std::to_string(argument.size()) + "\r\n" + argument + "\r\n";
  }
  return "*" + std::to_string(count) + "\r\n" + arguments;
}

void ask(Client& client, InputBytes& input) {
  if (client.is_tired()) return;
  const bool is_memcache = client.protocol() == Client::Protocol::kMemcache;
  client.ask(is_memcache ? memcache_request(input) : resp_request(input));
}

void act(fuzz::Server& server, InputBytes& input) {
  const uint64_t choice = input.take(1);
  const size_t place = choice % fuzz::Server::kClients;
  Client& client = server.client(place);
  switch (choice / fuzz::Server::kClients % 12) {
    case 0:
    case 1:
    case 2:
      return ask(client, input);
    case 3:
      for (uint64_t left = input.take(1); left > 0; --left) ask(client, input);
      return;
    case 4:
      return client.babble(input.text(input.take(1)));
    case 5:
      return client.peer().set_portion(size_t{1} << input.take(1) % 18);
    case 6:
      return client.peer().set_window(size_t{64} << input.take(1) % 14);
    case 7:
      return client.read();
    case 8:
      (void)server.run_round();
      return;
    case 9:
      return server.settle();
    case 10:
      return server.advance_ms(static_cast<int64_t>(input.take(1) * 40));
    case 11:
      if (input.take(1) % 2 == 0) client.peer().reset();
      return server.replace(place);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  InputBytes input(data, std::min<size_t>(size, 512));
  const uint64_t first = input.take(1);
  const size_t chunks = size_t{8} << first % 4;
  fuzz::Server server(
      chunks, first / 4 % 2 == 0 ? MemoryPeer::Shape::kReadiness : MemoryPeer::Shape::kCompletion);
  while (!input.is_empty()) act(server, input);
  server.check_answered();
  return 0;
}
