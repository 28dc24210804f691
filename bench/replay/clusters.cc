#include "clusters.h"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <sstream>

#include "base/setup_error.h"

namespace pelikan::replay {

namespace {

constexpr double kSigma = 0.7;  // of the value sizes; the source gives only means
constexpr uint32_t kMinValueBytes = 1;
constexpr uint64_t kRequest = 0x5000'0000'0000'0000;  // the stream of randomness that picks keys

std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> parts;
  std::istringstream stream(text);
  for (std::string part; std::getline(stream, part, separator);) parts.push_back(part);
  return parts;
}

// Throws std::invalid_argument or std::out_of_range, as the functions of the library it uses.
std::vector<TtlShare> parse_ttls(const std::string& text) {
  std::vector<TtlShare> ttls;
  for (const std::string& part : split(text, ' ')) {
    const size_t colon = part.find(':');
    if (colon == std::string::npos) throw std::invalid_argument("a TTL is seconds:share");
    ttls.push_back({.seconds = static_cast<uint32_t>(std::stoul(part.substr(0, colon))),
                    .share = std::stod(part.substr(colon + 1))});
  }
  if (ttls.empty()) throw std::invalid_argument("a cluster needs a TTL");
  return ttls;
}

Cluster parse_cluster(const std::string& line) {
  const std::vector<std::string> fields = split(line, ',');
  if (fields.size() != 6) throw std::invalid_argument("a cluster has six fields");
  const auto key_bytes = static_cast<uint32_t>(std::stoul(fields[1]));
  return {.workload = {.name = "cluster" + fields[0],
                       .model = {.key_bytes = std::max(key_bytes, kMinKeyBytes),
                                 .value_bytes = std::stod(fields[2]),
                                 .sigma = kSigma,
                                 .min_value_bytes = kMinValueBytes,
                                 .ttls = parse_ttls(fields[5])},
                       .keys = {},
                       .set_share = std::stod(fields[4])},
          .alpha = std::stod(fields[3])};
}

// The share of requests that go to the first i + 1 of so many keys.
std::vector<double> zipf_shares(uint32_t keys, double alpha) {
  std::vector<double> shares(keys);
  double sum = 0;
  for (uint32_t i = 0; i < keys; ++i) {
    sum += std::pow(i + 1.0, -alpha);
    shares[i] = sum;
  }
  for (double& share : shares) share /= sum;
  return shares;
}

}  // namespace

std::vector<Cluster> read_clusters(const std::string& path) {
  std::ifstream file(path);
  if (!file) throw SetupError(ExitCode::kBadData, path + ": cannot be read");
  std::vector<Cluster> clusters;
  size_t number = 0;
  for (std::string line; std::getline(file, line);) {
    ++number;
    if (line.empty() || line[0] == '#') continue;
    try {
      clusters.push_back(parse_cluster(line));
    } catch (const std::logic_error& error) {
      throw SetupError(ExitCode::kBadData,
                       path + ":" + std::to_string(number) + ": " + error.what());
    }
  }
  return clusters;
}

Workload make_workload(Cluster cluster, ClusterSize size) {
  const std::vector<double> shares = zipf_shares(size.keys, cluster.alpha);
  Workload workload = std::move(cluster.workload);
  workload.keys.reserve(size.requests);
  for (size_t i = 0; i < size.requests; ++i) {
    const auto found =
        std::upper_bound(shares.begin(), shares.end() - 1, mix_to_fraction(i + kRequest));
    workload.keys.push_back(static_cast<uint32_t>(found - shares.begin()));
  }
  return workload;
}

}  // namespace pelikan::replay
