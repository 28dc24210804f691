#include "replayer.h"

#include <algorithm>
#include <chrono>
#include <cstring>

#include "base/bytes.h"

namespace pelikan::replay {

using memcache::Command;
using memcache::ParsedReply;
using memcache::Reply;
using memcache::ReplyKind;
using memcache::Request;

Replayer::Replayer(Connection& connection, const Workload& workload, size_t batch)
    : connection_(connection),
      workload_(workload),
      batch_(batch),
      value_words_(kMaxValueBytes / sizeof(uint64_t) + 1) {
  const uint32_t largest = *std::max_element(workload.keys.begin(), workload.keys.end());
  for (uint32_t key = 0; key <= largest; ++key) {
    facts_.push_back({.value_size = workload.model.value_size(key),
                      .ttl_seconds = workload.model.ttl_seconds(key)});
  }
}

Result Replayer::run() {
  result_ = {};
  flush();
  const auto start = std::chrono::steady_clock::now();
  for (size_t first = 0; first < workload_.keys.size(); first += batch_) {
    play(first, std::min(first + batch_, workload_.keys.size()));
    fill();
  }
  result_.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  result_.requests = workload_.keys.size();
  return result_;
}

void Replayer::flush() {
  Request request;
  request.command = Command::kFlushAll;
  connection_.add(request);
  connection_.exchange([this](const ParsedReply& reply) {
    if (reply.kind == ReplyKind::kError) count_error(reply.text);
    return true;
  });
}

void Replayer::play(size_t first, size_t last) {
  for (size_t i = first; i < last; ++i) {
    if (workload_.is_set(i)) {
      add_set(workload_.keys[i]);
      continue;
    }
    Request request;
    request.command = Command::kGet;
    request.key = key_text(workload_.keys[i]);
    connection_.add(request);
  }
  size_t index = first;
  bool hit = false;
  connection_.exchange([&](const ParsedReply& reply) {
    const uint32_t key = workload_.keys[index];
    if (reply.kind == ReplyKind::kValue) {
      hit = is_value_of(key, reply.text);
      if (!hit) count_error("a value that is not its key's");
      return false;
    }
    if (reply.kind == ReplyKind::kError) count_error(reply.text);
    if (reply.kind == ReplyKind::kLine && reply.line == Reply::kEnd) count_get(index, hit);
    hit = false;
    ++index;
    return true;
  });
}

void Replayer::count_get(size_t index, bool hit) {
  const uint32_t key = workload_.keys[index];
  if (!hit) {
    // Asked for twice in a batch, a key would have been set in between: the second get is a hit.
    hit = std::find(misses_.begin(), misses_.end(), key) != misses_.end();
    if (!hit) misses_.push_back(key);
  }
  if (index < workload_.keys.size() / 4) return;
  ++result_.gets;
  if (hit) ++result_.hits;
}

void Replayer::fill() {
  if (misses_.empty()) return;
  for (const uint32_t key : misses_) add_set(key);
  connection_.exchange([this](const ParsedReply& reply) {
    if (reply.kind != ReplyKind::kLine || reply.line != Reply::kStored) count_error(reply.text);
    return true;
  });
  misses_.clear();
}

void Replayer::add_set(uint32_t key) {
  const std::string_view value = value_of(key);
  Request request;
  request.command = Command::kSet;
  request.key = key_text(key);
  request.value = value.data();
  request.value_size = static_cast<uint32_t>(value.size());
  request.exptime = facts_[key].ttl_seconds;
  connection_.add(request);
}

void Replayer::count_error(std::string_view what) {
  if (result_.errors++ == 0) result_.first_error = what;
}

std::string_view Replayer::key_text(uint32_t key) {
  // Zeros before the number, as many as the length asks for.
  const size_t size = workload_.model.key_bytes;
  std::array<char, kMaxDecimal> digits{};
  const auto count = static_cast<size_t>(write_u64(digits.data(), key) - digits.data());
  std::memset(key_text_.data(), '0', size - count);
  std::memcpy(key_text_.data() + size - count, digits.data(), count);
  return {key_text_.data(), size};
}

std::string_view Replayer::value_of(uint32_t key) {
  const size_t size = facts_[key].value_size;
  std::fill_n(value_words_.begin(), size / sizeof(uint64_t) + 1, mix(key));
  return {reinterpret_cast<const char*>(value_words_.data()), size};
}

bool Replayer::is_value_of(uint32_t key, std::string_view bytes) const {
  if (bytes.size() != facts_[key].value_size) return false;
  const uint64_t word = mix(key);
  size_t at = 0;
  for (; at + sizeof(word) <= bytes.size(); at += sizeof(word)) {
    if (std::memcmp(bytes.data() + at, &word, sizeof(word)) != 0) return false;
  }
  return std::memcmp(bytes.data() + at, &word, bytes.size() - at) == 0;
}

}  // namespace pelikan::replay
