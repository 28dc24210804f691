// Workloads like those of Twitter's cache clusters, made from the parameters in clusters.csv.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "workload.h"

namespace pelikan::replay {

struct ClusterSize {
  size_t requests;
  uint32_t keys;  // different ones; popular by Zipf's law with the cluster's exponent
};

// The clusters of a table as clusters.csv; their requests are not made yet. Throws SetupError with
// file and line when the table cannot be read.
struct Cluster {
  Workload workload;  // without keys
  double alpha;
};
[[nodiscard]] std::vector<Cluster> read_clusters(const std::string& path);

// The cluster's requests.
[[nodiscard]] Workload make_workload(Cluster cluster, ClusterSize size);

}  // namespace pelikan::replay
