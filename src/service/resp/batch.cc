#include "service/resp/batch.h"

namespace pelikan {
namespace {

bool is_command(const resp::CommandSpec* spec, resp::Command command) noexcept {
  return spec != nullptr && spec->id == command;
}

std::string_view first_key(const resp::CommandSpec* spec,
                           std::span<const std::string_view> args) noexcept {
  if (spec == nullptr || spec->keys.first <= 0) return {};
  const auto at = static_cast<size_t>(spec->keys.first);
  if (at >= args.size() || resp::is_too_long(args[at])) return {};
  return args[at];
}

}  // namespace

resp::Parsed RespBatch::parse(std::string_view in, const resp::Limits& limits,
                              size_t most) noexcept {
  arguments_.clear();
  whole_ = {};
  has_too_long_ = false;
  count_ = next_ = 0;
  begin_ = end_ = in.data();
  const char* end = in.data() + in.size();
  resp::Parsed parsed{.status = resp::ParseStatus::kRequest};
  while (count_ < most) {
    const std::string_view rest(end_, static_cast<size_t>(end - end_));
    if (rest.empty()) return {.status = resp::ParseStatus::kIncomplete};
    parsed = resp::parse_request(rest, limits, arguments_, requests_[count_]);
    if (parsed.status == resp::ParseStatus::kNothing) {
      end_ += parsed.size;
      continue;
    }
    if (parsed.status != resp::ParseStatus::kRequest) break;
    const resp::Request& request = requests_[count_];
    lookups_[count_].key = first_key(request.spec, arguments_.of(request));
    end_ = request.end;
    ++count_;
    if (is_command(request.spec, resp::Command::kClientPause)) break;
  }
  return parsed;
}

void RespBatch::assign(const resp::GatheredRequest& request, std::string_view in) noexcept {
  whole_ = request.args();
  has_too_long_ = std::any_of(whole_.begin(), whole_.end(), resp::is_too_long);
  lacks_memory_ = request.lacks_memory();
  requests_[0] = {.spec = request.spec(), .end = in.data()};
  lookups_[0].key = first_key(requests_[0].spec, whole_);
  begin_ = end_ = in.data();
  count_ = 1;
  next_ = 0;
}

}  // namespace pelikan
