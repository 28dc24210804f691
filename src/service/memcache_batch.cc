#include "service/memcache_batch.h"

namespace pelikan {
namespace {

// What stands behind it is no request.
bool ends_batch(const memcache::Request& request) noexcept {
  return request.command == memcache::Command::kRefused &&
         (request.value_size != 0 || request.close);
}

// Flags that the request has, and its key with them if that lies there.
void copy_flags(memcache::Request& request, const memcache::MetaFlags& from,
                memcache::MetaFlags& to) noexcept {
  if (!memcache::is_meta(request.command)) return;
  to = from;
  if (request.key.data() == from.key.data()) {
    request.key = {to.key.data(), request.key.size()};
  }
}

void copy_flags(memcache::BinaryRequest& /*request*/, memcache::NoFlags /*from*/,
                memcache::NoFlags /*to*/) noexcept {}

}  // namespace

template <class Parser>
memcache::ParseStatus MemcacheBatch<Parser>::parse(std::string_view in, Parser& parser) noexcept {
  parser_before_ = parser;
  begin_ = in.data();
  count_ = next_ = 0;
  ends_ = false;
  const char* end = in.data() + in.size();
  for (const char* at = begin_; count_ < kBatch;) {
    Request& request = requests_[count_];
    const auto status = parser.parse({at, static_cast<size_t>(end - at)}, request, flags_[count_]);
    if (status != memcache::ParseStatus::kRequest) return status;
    lookups_[count_].key = request.key;
    at = request.end;
    ++count_;
    if (ends_batch(request)) {
      ends_ = true;
      break;
    }
  }
  return memcache::ParseStatus::kRequest;
}

template <class Parser>
void MemcacheBatch<Parser>::assign(const Request& request, const Flags& flags, std::string_view in,
                                   const Parser& parser) noexcept {
  begin_ = in.data();
  parser_before_ = parser;
  requests_[0] = request;
  copy_flags(requests_[0], flags, flags_[0]);
  lookups_[0].key = requests_[0].key;
  count_ = 1;
  next_ = 0;
}

template <class Parser>
const char* MemcacheBatch<Parser>::settle(Parser& parser) const noexcept {
  if (next_ == 0) {
    if (count_ != 0) parser = parser_before_;
    return begin_;
  }
  if (!is_done()) parser.continue_behind(requests_[next_ - 1]);
  return requests_[next_ - 1].end;
}

template class MemcacheBatch<memcache::RequestParser>;
template class MemcacheBatch<memcache::BinaryParser>;

}  // namespace pelikan
