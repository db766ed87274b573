#include "actors/supervision.hpp"

namespace tinysync::actors {

node_spec::node_spec(child_spec leaf) : node_(std::move(leaf)) {}
node_spec::node_spec(supervisor_spec branch)
    : node_(std::make_shared<const supervisor_spec>(std::move(branch))) {}

std::shared_ptr<const supervisor_spec> node_spec::shared_branch() const {
  auto branch = std::get_if<std::shared_ptr<const supervisor_spec>>(&node_);
  return branch ? *branch : nullptr;
}

const std::string& node_spec::name() const {
  if (auto actor = leaf()) return actor->name;
  return std::get<std::shared_ptr<const supervisor_spec>>(node_)->name;
}

}  // namespace tinysync::actors
