// What the Redis protocol's commands ask of a store.
#pragma once

#include "storage/store.h"

namespace pelikan {

template <class Store>
concept RespBackend = MemcacheStore<Store> && LargeValueStore<Store> && ConditionalStore<Store> &&
                      ScannableStore<Store> && ExactExpiryStore<Store> && EditableStore<Store> &&
                      HandlingStore<Store> && CountedStore<Store>;

}  // namespace pelikan
