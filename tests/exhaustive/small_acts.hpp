#pragma once
// What may happen to a tree of three items: a (file), d (folder), d/b (file).

#include <vector>

#include "tools/sim/hands.hpp"

namespace tinysync::test {

/// An operation whose premise is gone does nothing.
struct small_act {
  const char* name;
  void (*perform)(sim::hands& on, const std::string& token);
};

inline void begin_small_tree(sim::hands& h) {
  h.write("a", "content of a");
  h.write("d/b", "content of b");
}

inline const std::vector<small_act> small_acts = {
    {"edit a", [](sim::hands& h, const std::string& t) { if (h.is_file("a")) h.write("a", t); }},
    {"save d/b", [](sim::hands& h, const std::string& t) { if (h.is_file("d/b")) h.save("d/b", t); }},
    {"rm a", [](sim::hands& h, const std::string&) { h.remove("a"); }},
    {"rm d/b", [](sim::hands& h, const std::string&) { h.remove("d/b"); }},
    {"rm -r d", [](sim::hands& h, const std::string&) { h.remove("d"); }},
    {"mv a c", [](sim::hands& h, const std::string&) { if (h.exists("a") && !h.exists("c")) h.move("a", "c"); }},
    {"mv a d/a", [](sim::hands& h, const std::string&) { if (h.exists("a") && h.exists("d") && !h.exists("d/a")) h.move("a", "d/a"); }},
    {"mv d/b c", [](sim::hands& h, const std::string&) { if (h.exists("d/b") && !h.exists("c")) h.move("d/b", "c"); }},
    {"mv d e", [](sim::hands& h, const std::string&) { if (h.exists("d") && !h.exists("e")) h.move("d", "e"); }},
    {"mv a d/b", [](sim::hands& h, const std::string&) { if (h.is_file("a") && h.is_file("d/b")) h.move("a", "d/b"); }},
    {"swap a d/b", [](sim::hands& h, const std::string&) { if (h.exists("a") && h.exists("d/b")) h.exchange("a", "d/b"); }},
    {"write c", [](sim::hands& h, const std::string& t) { if (!h.exists("c")) h.write("c", t); }},
    {"mkdir c", [](sim::hands& h, const std::string&) { if (!h.exists("c")) h.mkdir("c"); }},
    {"write d/n", [](sim::hands& h, const std::string& t) { if (h.exists("d")) h.write("d/n", t); }},
    {"chmod a", [](sim::hands& h, const std::string&) { if (h.exists("a")) h.chmod("a", 0755); }},
    {"a moves into a new folder of its name", [](sim::hands& h, const std::string&) {
       if (!h.is_file("a")) return;
       h.move("a", "t");
       h.mkdir("a");
       h.move("t", "a/t");
     }},
    {"a becomes a folder", [](sim::hands& h, const std::string& t) { h.remove("a"); h.write("a/in", t); }},
};

}  // namespace tinysync::test
