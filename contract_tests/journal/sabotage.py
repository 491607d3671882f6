"""Journals that break one promise each."""

from __future__ import annotations

from typing import Any

from attrs import frozen

from contract_tests.journal import broken, broken_lists, broken_turns
from contract_tests.journal.broken import How
from contract_tests.support.memory_journal import MemoryJournal


@frozen
class Sabotage:
    """A promise, and the method that breaks it."""

    promise: str
    method: str
    how: How

    def __str__(self) -> str:
        return f"{self.how.__name__}: {self.promise}"

    @property
    def journal(self) -> type[MemoryJournal]:
        def broken(journal: MemoryJournal, *args: Any, **options: Any) -> Any:
            real = getattr(super(kind, journal), self.method)
            return self.how(real, journal, *args, **options)

        kind = type("Broken", (MemoryJournal,), {self.method: broken})
        return kind


SABOTAGES = [
    Sabotage(
        "an_intent_is_there_for_everybody_when_begin_returns", "begin", broken.without_operation
    ),
    Sabotage("an_entry_that_is_there_is_not_begun_again", "begin", broken.written_over),
    Sabotage("of_many_that_begin_with_one_key_at_once_one_does", "begin", broken.looked_at_first),
    Sabotage("of_many_that_ask_for_the_same_at_once_one_begins", "begin", broken.looked_at_first),
    Sabotage(
        "a_key_that_is_taken_is_told_with_its_entry_whatever_its_state",
        "earlier",
        broken.without_settled,
    ),
    Sabotage(
        "a_key_is_one_services_and_free_when_its_entry_is_gone", "earlier", broken.of_any_service
    ),
    Sabotage(
        "a_key_is_one_services_and_free_when_its_entry_is_gone", "refuse", broken.released_alone
    ),
    Sabotage(
        "a_repeat_is_refused_while_the_videos_of_the_same_are_to_come",
        "earlier",
        broken.without_ready,
    ),
    Sabotage(
        "a_repeat_is_free_where_nothing_of_the_same_is_to_come", "earlier", broken.closed_ones_too
    ),
    Sabotage(
        "the_key_is_looked_for_first_and_then_the_latest_of_the_same", "earlier", broken.the_oldest
    ),
    Sabotage("what_was_accepted_is_known_by_its_ids", "accept", broken.without_batch),
    Sabotage("an_intent_that_started_nothing_is_gone", "refuse", broken.released_alone),
    Sabotage("what_anything_is_known_of_is_not_refused", "refuse", broken.removed_always),
    Sabotage(
        "a_doubt_is_kept_with_its_reason_until_the_ids_are_found", "doubt", broken.without_reason
    ),
    Sabotage(
        "what_is_settled_is_closed_until_its_ids_are_found", "settle", broken.settled_for_good
    ),
    Sabotage("ids_that_cannot_be_asked_for_leave_for_those_that_can", "settle", broken.all_ids),
    Sabotage("what_is_forgotten_is_gone_and_nothing_else", "forget", broken.the_first_alone),
    Sabotage("what_is_told_of_tasks_is_kept", "note", broken.without_messages),
    Sabotage("what_is_told_twice_is_there_once", "note", broken.anew_each_time),
    Sabotage("nothing_that_was_told_leaves", "note", broken.replaced),
    Sabotage("what_has_ended_does_not_run_again", "note", broken.running_again),
    Sabotage("that_a_job_stays_as_it_is_is_kept", "note", broken.final_for_once),
    Sabotage(
        "videos_that_change_places_or_addresses_keep_their_names", "note", broken.named_by_place
    ),
    Sabotage(
        "a_video_is_told_from_others_by_its_task_and_its_name", "note", broken.without_queries
    ),
    Sabotage("a_file_stays_with_its_video", "fetched", broken.by_name_alone),
    Sabotage(
        "which_of_several_videos_is_fetched_is_told_by_address_then_name",
        "fetched",
        broken.all_of_an_address,
    ),
    Sabotage("the_same_ids_at_another_service_are_others", "fetched", broken.at_any_service),
    Sabotage("a_path_comes_back_as_it_is", "fetched", broken.without_folder),
    Sabotage("a_job_is_found_by_any_of_its_ids", "find", broken.by_the_first_id_alone),
    Sabotage("when_it_was_last_told_is_known_to_the_minute", "note", broken.at_no_time),
    Sabotage("what_belongs_to_no_entry_is_passed_over", "note", broken.refusing_strangers),
    Sabotage("a_text_that_cannot_be_stored_is_mended_and_stops_nothing", "doubt", broken.encoded),
    Sabotage("everything_is_there_when_it_is_opened_again", "close", broken.closed_with_uploads),
    Sabotage("an_intent_is_unknown_when_its_journal_was_closed", "close", broken.nothing_done),
    Sabotage("entries_come_in_the_order_they_were_sent_in", "entries", broken_lists.by_id),
    Sabotage(
        "what_follows_an_entry_or_a_time_is_told_in_either_order",
        "entries",
        broken_lists.from_it_on,
    ),
    Sabotage(
        "what_is_no_state_and_no_entry_is_told_at_once", "entries", broken_lists.nothing_of_none
    ),
    Sabotage(
        "what_is_no_state_and_no_entry_is_told_at_once", "entries", broken_lists.nothing_after_none
    ),
    Sabotage(
        "each_entry_is_listed_and_counted_in_its_state", "counts", broken_lists.without_claims
    ),
    Sabotage(
        "each_entry_is_listed_and_counted_in_its_state",
        "open_entries",
        broken_lists.without_incomplete,
    ),
    Sabotage(
        "many_are_listed_once_each_whatever_others_write_meanwhile",
        "entries",
        broken_lists.by_number,
    ),
    Sabotage(
        "a_claim_is_one_holders_until_it_is_given_back", "claim", broken_lists.again_by_its_holder
    ),
    Sabotage("a_claim_is_one_holders_until_it_is_given_back", "release", broken_lists.anybodys),
    Sabotage("a_claim_is_one_holders_until_it_is_given_back", "close", broken.nothing_done),
    Sabotage("who_holds_an_entry_is_seen_by_all", "entry", broken_lists.held_by_nobody),
    Sabotage("what_ends_a_submission_gives_its_claim_back", "doubt", broken_lists.still_claimed),
    Sabotage("one_that_is_claimed_by_another_is_not_begun", "begin", broken_lists.though_claimed),
    Sabotage("threads_share_a_journal", "begin", broken_lists.the_tenth_is_lost),
    Sabotage(
        "an_upload_is_known_by_its_content_for_as_long_as_is_asked",
        "address_of",
        broken_lists.however_old,
    ),
    Sabotage("no_more_run_than_an_account_allows", "begin", broken_turns.with_room_for_all),
    Sabotage("each_video_that_is_paid_for_is_one_that_runs", "begin", broken_turns.of_one_video),
    Sabotage(
        "one_whose_fate_is_not_known_runs_for_an_hour", "begin", broken_turns.without_unknown_ones
    ),
    Sabotage(
        "what_the_service_knows_no_more_does_not_run",
        "begin",
        broken_turns.with_those_that_are_gone,
    ),
    Sabotage("turns_are_an_interval_apart", "begin", broken_turns.without_interval),
    Sabotage("one_that_is_begun_gets_another_turn", "turn", broken.nothing_done),
    Sabotage(
        "nobody_gets_a_turn_while_the_service_wants_patience", "hold_back", broken.nothing_done
    ),
    Sabotage("who_waits_for_longest_is_first", "begin", broken_turns.whoever_comes),
    Sabotage("who_waited_and_was_not_seen_for_15_s_is_passed_over", "begin", broken_turns.for_ever),
    Sabotage("who_gives_up_leaves_its_place", "refuse", broken_turns.keeping_its_place),
    Sabotage("limits_are_those_of_one_service", "hold_back", broken_turns.everywhere),
]
