// Where the control plane listens.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "option/option.h"

namespace pelikan {

inline constexpr int64_t kPortOff = -1;

struct AdminOptions : OptionGroup {
  Option<std::string> host{this, "admin_host", "127.0.0.1", "address of the admin ports"};
  Option<int64_t> port{
      this, "admin_port", 9999, "admin port for text; 0: any free one, -1: none", {-1, 65535}};
  Option<int64_t> http_port{
      this, "admin_http_port", 9998, "admin port for HTTP; 0: any free one, -1: none", {-1, 65535}};
  Option<std::string> allowed_hosts{
      this, "admin_allowed_hosts", "",
      "names that HTTP requests may use for this host, besides those of loopback; "
      "parted by commas"};
  Option<std::chrono::milliseconds> timeout{
      this,
      "admin_timeout",
      std::chrono::minutes(5),
      "an admin text connection that neither asks nor reads for so long is closed",
      {std::chrono::milliseconds(10), std::chrono::hours(24)}};
};

}  // namespace pelikan
