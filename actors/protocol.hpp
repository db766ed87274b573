#pragma once
// The face of an actor: which protobuf messages it takes and what it answers.
//
//   using store_face = protocol<asks<Plan, Planned>, tells<Compact>>;
//   struct store_face : protocol<asks<Plan, Planned>, tells<Compact>> {};   // can be
//   forward-declared

#include <concepts>
#include <type_traits>

namespace tinysync::actors {

/// A request with exactly one answer type.
template <class Request, class Answer>
struct asks {
  using message = Request;
  using answer = Answer;
};

/// Fire and forget.
template <class Message>
struct tells {
  using message = Message;
  using answer = void;
};

/// The face of one actor: a list of `asks` and `tells`, each message at most once.
template <class... Entries>
struct protocol {};

namespace detail {

template <class... Entries>
struct entry_list {};
template <class... Entries>
entry_list<Entries...> entries_of(const protocol<Entries...>*);
template <class Face>
using entries = decltype(entries_of(static_cast<const Face*>(nullptr)));

struct not_accepted {};
template <class M, class List>
struct find_answer;
template <class M>
struct find_answer<M, entry_list<>> {
  using type = not_accepted;
};
template <class M, class First, class... Rest>
struct find_answer<M, entry_list<First, Rest...>> {
  using type = typename std::conditional_t<std::is_same_v<M, typename First::message>,
                                           std::type_identity<typename First::answer>,
                                           find_answer<M, entry_list<Rest...>>>::type;
};

}  // namespace detail

/// What `Face` answers to `Message`; void if it is only told.
template <class Face, class Message>
using answer_of = typename detail::find_answer<Message, detail::entries<Face>>::type;

/// `Message` may be sent to `Face`.
template <class Message, class Face>
concept told_to = !std::is_same_v<answer_of<Face, Message>, detail::not_accepted>;

/// `Message` may be sent to `Face` and is answered.
template <class Message, class Face>
concept asked_of = told_to<Message, Face> && !std::is_void_v<answer_of<Face, Message>>;

}  // namespace tinysync::actors
