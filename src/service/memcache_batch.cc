#include "service/memcache_batch.h"

namespace pelikan {
namespace {

// What stands behind it is no request.
bool ends_batch(const memcache::Request& request) noexcept {
  return request.command == memcache::Command::kRefused &&
         (request.value_size != 0 || request.close);
}

}  // namespace

memcache::ParseStatus MemcacheBatch::parse(std::string_view in,
                                           memcache::RequestParser& parser) noexcept {
  parser_before_ = parser;
  begin_ = in.data();
  count_ = next_ = 0;
  const char* end = in.data() + in.size();
  for (const char* at = begin_; count_ < kBatch;) {
    memcache::Request& request = requests_[count_];
    const auto status = parser.parse({at, static_cast<size_t>(end - at)}, request, flags_[count_]);
    if (status != memcache::ParseStatus::kRequest) return status;
    lookups_[count_].key = request.key;
    at = request.end;
    ++count_;
    if (ends_batch(request)) break;
  }
  return memcache::ParseStatus::kRequest;
}

void MemcacheBatch::assign(const memcache::Request& request, const memcache::MetaFlags& flags,
                           std::string_view in, const memcache::RequestParser& parser) noexcept {
  begin_ = in.data();
  parser_before_ = parser;
  requests_[0] = request;
  if (memcache::is_meta(request.command)) {
    flags_[0] = flags;
    // The key may be one that the flags hold.
    if (request.key.data() == flags.key.data())
      requests_[0].key = {flags_[0].key.data(), request.key.size()};
  }
  lookups_[0].key = requests_[0].key;
  count_ = 1;
  next_ = 0;
}

const char* MemcacheBatch::settle(memcache::RequestParser& parser) const noexcept {
  if (next_ == 0) {
    if (count_ != 0) parser = parser_before_;
    return begin_;
  }
  if (!is_done()) parser.continue_behind(requests_[next_ - 1]);
  return requests_[next_ - 1].end;
}

}  // namespace pelikan
