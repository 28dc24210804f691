// pelikan_segcache under the name `memcached`: its flags, its exit codes, its file of ports.
#pragma once

#include "core/server_main.h"

namespace pelikan {

// Whether the program was started as `memcached`, in whatever folder that stands.
[[nodiscard]] bool is_memcached(const char* program) noexcept;

// As server_main(), for memcached's command line. The environment's MEMCACHED_PORT_FILENAME names a
// file for the ports that were really taken, in memcached's form: "TCP INET: 11211".
int memcached_main(int argc, char** argv, ServerSpec spec);

}  // namespace pelikan
