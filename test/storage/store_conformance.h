// The conformance suite for stores: what every store promises a service, whatever it is made of.
// Run it as
//
//   int main() { return pelikan::test::run_conformance<MyFixture>("storage/mine"); }
//
// A fixture (see StoreFixture) brings an empty store with room for some tens of MiB, and a clock it
// can turn. Include last, as check.h.
#pragma once

#include <vector>

#include "storage/conformance/changes.h"
#include "storage/conformance/counts.h"
#include "storage/conformance/exact_expiry.h"
#include "storage/conformance/items.h"
#include "storage/conformance/large_values.h"
#include "storage/conformance/lifetimes.h"
#include "storage/conformance/overlays.h"
#include "storage/conformance/random.h"
#include "storage/conformance/scans.h"
#include "storage/conformance/terms.h"

#include "check.h"

namespace pelikan::test {

template <StoreFixture Fixture>
int run_conformance(const char* name) {
  std::vector<const TTest*> tests;
  const auto add = [&tests](const auto& table) {
    for (const TTest& test : table) tests.push_back(&test);
  };
  add(kItemTests<Fixture>);
  add(kChangeTests<Fixture>);
  add(kLifetimeTests<Fixture>);
  add(kLargeTests<Fixture>);
  add(kScanTests<Fixture>);
  add(kTermsTests<Fixture>);
  add(kExactExpiryTests<Fixture>);
  add(kOverlayTests<Fixture>);
  add(kCountTests<Fixture>);
  add(kRandomTests<Fixture>);
  return run_suite(name, tests);
}

}  // namespace pelikan::test
