// Who can reach the server: where nobody has to say who they are, what other machines reach is open
// to all of them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/framework_options.h"
#include "transport/address.h"

namespace pelikan {

// Whether this machine alone reaches the address: loopback, or a unix-domain socket.
[[nodiscard]] bool is_local(const Address& address) noexcept;

// The addresses of the data and admin ports that other machines reach. Throws SetupError naming the
// option and allow_unauthenticated when one of these asks nobody who they are and that does not say
// yes, and for hosts that cannot be resolved. `authenticates`: the data ports ask; that of TLS also
// does when it requires certificates.
[[nodiscard]] std::vector<std::string> allowed_exposure(const FrameworkOptions& options,
                                                        bool authenticates = false);

// Root lets no other machine in: throws SetupError naming `user` when nobody else is named there
// and `exposed`, of allowed_exposure(), is not empty.
void refuse_root(const FrameworkOptions& options, const std::vector<std::string>& exposed);

}  // namespace pelikan
