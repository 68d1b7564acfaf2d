"""Rows of the catalogue of faults and of the security rules about Git, and the tests that stand for them."""

from __future__ import annotations

import re
from pathlib import Path

TESTS = Path(__file__).parent
_NAMED = re.compile(r"^\s*(?:async )?def test_((?:[a-z]{1,2}\d+_)+)", re.MULTILINE)
_ANY = re.compile(r"^\s*(?:async )?def (test_\w+)", re.MULTILINE)

#: Rows with a test of their name: runs and workers; publishing, snapshots, transport, loading; engines, the
#: database, schedules; webhooks, signatures; isolation; access, secrets, settings; pages; decisions.
COVERED = {
    *(f"f{number:02}" for number in range(1, 31)),
    *(f"f{number}" for number in range(31, 162)),
    *(f"f{number}" for number in range(204, 209)),
    *(f"f{number}" for number in (*range(163, 179), *range(179, 199))),
    *["tk03", "tk08", "pm03", "pm06", "pm08", "wb03", "wb12", "wb13", "or05", "ex02", "sr04", "sr09", "op20"],
    *["gt01", "gt03", "gt05", "gt06", "gt12", "gt14", "gt15", "gt17", "gt20", "ur07", "ur08", "ur09", "ur12"],
    *["mt03", "mt04", "mt06", "mt08", "mt09", "mt14", "mt17", "mt18", "cr01", "cr04", "cr09", "cr11"],
    *["wh01", "wh04", "wh12", "wh14", "wh15", "sg01", "sg02", "sg04", "sg07", "sg08", "sg10", "sg11", "sg14"],
    *["ld08", "ld09", "ld10", "pm09", "wb08", "wb10", "op06", "op21", "rc03", "rc14", "rc15"],
    *["zy02", "zy04", "zy06", "zy08", "db04", "db07", "op03"],
    *["zy02", "zy04", "zy06", "zy08", "db04", "db07", "op03", "f200", "f201"],
}

# F199 waits for a second release; until then F28, F118 and F119 stand for parts of it. F202 and F203 take too
# long for tests: `bench/soak.py` does the second.

#: Rules that a test with another name proves.
PROVEN_BY = {
    "gt02": "test_gt03_forbidden_names_do_not_appear",
    "gt04": "test_gt01_only_one_module_starts_programs_and_never_through_a_shell_string",
    "gt07": "test_folders_are_remotes_only_when_the_server_allows_it",
    "gt08": "test_f76_helpers_end_at_the_deadline_also_when_their_parent_ended_before",
    "gt09": "test_f60_git_sees_our_configuration_only",
    "gt10": "test_f68_a_redirect_is_named_and_not_followed",
    "gt11": "test_f79_what_a_server_offers_beside_the_pack_is_not_fetched",
    "gt13": "test_f56_data_comes_after_the_end_of_options",
    "gt16": "test_addresses_of_this_machine_and_of_clouds_are_forbidden",
    "gt18": "test_gt05_the_environment_is_built_from_nothing",
    "gt19": "test_f32_left_overs_of_a_killed_fetch_are_removed",
    "ur01": "test_f57_parts_that_ssh_would_read_as_options_are_refused_and_ssh_is_not_started",
    "ur02": "test_f58_a_password_is_refused_without_being_repeated",
    "ur03": "test_f55_f58_what_is_no_plain_address_is_refused",
    "ur04": "test_any_text_is_refused_or_has_a_harmless_canonical_form",
    "ur05": "test_f58_an_address_has_one_canonical_form",
    "ur06": "test_f59_names_that_mean_something_else_are_refused",
    "ur10": "test_f75_names_are_labels_and_never_places",
    "ur11": "test_folders_are_remotes_only_when_the_server_allows_it",
    "mt01": "test_the_mirror_is_private_and_holds_nothing_but_objects",
    "mt02": "test_mt14_attributes_of_the_repository_change_nothing",
    "mt05": "test_f63_a_file_with_a_hostile_name_refuses_the_tree",
    "mt07": "test_f64_unwanted_names_are_left_out_with_a_note",
    "mt10": "test_f31_a_daemon_that_dies_at_any_step_leaves_a_whole_registry_and_the_next_one_goes_on",
    "mt11": "test_everything_is_read_only_under_any_umask",
    "mt12": "test_a_damaged_snapshot_is_not_executed",
    "mt13": "test_f92_f100_only_text_that_people_see_is_executed",
    "mt15": "test_f32_a_mirror_that_somebody_spoiled_is_made_anew",
    "mt16": "test_f77_a_snapshot_outlives_its_mirror",
    "mt19": "test_f67_a_sha256_repository_is_refused_with_one_sentence",
    "mt20": "test_f78_a_missing_file_is_not_looked_for_elsewhere",
    "mt21": "test_links_count_as_long_as_they_stay_inside",
    "cr02": "test_a_token_that_was_entered_for_another_server_goes_nowhere",
    "cr03": "test_f70_a_moved_repository_loses_its_credentials",
    "cr05": "test_what_a_killed_call_left_behind_is_removed_by_the_next",
    "cr06": "test_change_is_the_only_permission_it_needs",
    "cr07": "test_f71_a_token_is_written_down_nowhere_whatever_happens",
    "cr08": "test_f71_the_token_is_in_no_text_about_the_call",
    "cr10": "test_f72_the_token_goes_to_its_own_server_only_whatever_the_mirror_says",
    "wh02": "test_f138_size_and_encoding_are_looked_at_first",
    "wh03": "test_f133_headers_of_another_provider_do_not_count",
    "wh05": "test_f135_a_hook_without_a_proper_secret_cannot_be_made",
    "wh06": "test_during_a_rotation_both_secrets_are_good_and_afterwards_the_new_one_only",
    "wh07": "test_f136_a_call_that_is_repeated_counts_once",
    "wh08": "test_f139_odd_bodies_with_a_right_signature_are_refused_or_taken_but_never_an_error",
    "wh09": "test_f140_what_is_not_followed_is_ignored",
    "wh10": "test_f143_calls_stay_open_until_a_daemon_comes",
    "wh11": "test_a_storm_is_waited_for_until_it_is_quiet_but_not_for_ever",
    "wh13": "test_f142_addresses_in_a_body_are_compared_and_nothing_else",
    "wh16": "test_a_push_is_found_by_the_next_look",
    "sg03": "test_f149_no_helper_of_gpg_is_left_behind",
    "sg05": "test_f144_ssh_expired_and_backdated_by_its_author",
    "sg06": "test_f144_gpg_by_a_listed_key_whose_trust_gpg_does_not_know",
    "sg09": "test_a_signed_head_by_a_trusted_key_is_let_in_and_shown_as_verified",
    "sg12": "test_f148_a_verifier_that_misbehaves_is_a_refusal_in_time",
    "sg13": "test_f149_no_helper_of_gpg_is_left_behind",
    "ld01": "test_f99_an_inspection_may_do_no_more_than_look",
    "ld02": "test_f85_a_module_that_ends_the_process_fails_alone",
    "ld03": "test_f86_a_forged_report_is_not_taken",
    "ld04": "test_f85_a_module_that_ends_the_process_fails_alone",
    "ld05": "test_f82_f83_f84_a_module_that_raises_fails_alone_with_place_and_traceback",
    "ld06": "test_f90_modules_named_like_libraries_shadow_nothing",
    "ld07": "test_f94_strange_metadata_is_cut_or_named",
    "ld11": "test_f89_what_an_import_leaves_behind_is_not_shared",
    "ld12": "test_f40_a_poisoned_row_does_not_stop_the_others",
    "tk01": "test_the_table_holds_nothing_that_lets_somebody_in",
    "tk02": "test_f178_an_older_pepper_keeps_its_tokens_valid",
    "tk04": "test_f166_f178_a_read_only_token_changes_nothing_anywhere",
    "tk05": "test_whoever_tries_many_tokens_is_stopped_and_others_there_go_on",
    "tk06": "test_f177_who_guesses_is_locked_out_and_told_nothing",
    "tk07": "test_a_weak_password_is_refused_on_the_command_line_too",
    "pm01": "test_constraints_that_leave_no_row_show_none_and_change_none",
    "pm02": "test_f165_one_that_does_not_is_an_error_at_the_start",
    "pm04": "test_f164_every_door_refuses_a_user_without_run_on_that_job",
    "pm05": "test_f163_everybody_gets_what_the_table_says",
    "pm07": "test_f167_what_was_shown_is_what_runs",
    "pm10": "test_f181_what_is_secret_is_no_filter_no_order_and_no_field",
    "pm11": "test_f168_whoever_may_not_see_the_run_any_more_sees_no_more_of_it",
    "pm12": "test_f164_what_was_asked_for_before_the_right_was_taken_away_is_refused",
    "pm13": "test_f163_everybody_gets_what_the_table_says",
    "wb01": "test_nothing_may_set_styles_or_scripts_of_its_own",
    "wb02": "test_templates_need_no_exception_from_the_policy",
    "wb04": "test_the_checks_for_production_find_nothing",
    "wb05": "test_the_checks_for_production_find_nothing",
    "wb06": "test_f174_a_cookie_alone_changes_nothing",
    "wb07": "test_a_log_in_never_leads_to_another_site",
    "wb09": "test_f175_two_hundred_clients_of_which_fifty_read_nothing",
    "wb11": "test_it_sees_fields_and_nothing_that_acts",
    "wb14": "test_f193_a_line_break_in_a_name_makes_no_line",
    "wb15": "test_the_checks_for_production_find_nothing",
    "wb16": "test_the_same_key_with_another_request_is_refused",
    "up01": "test_an_uploaded_file_reaches_the_job_and_is_gone_afterwards",
    "up02": "test_files_are_listed_and_saved_never_shown",
    "up03": "test_pieces_that_go_around_the_limits_are_left_out",
    "or01": "test_console_text_loses_what_a_terminal_would_obey",
    "or02": "test_f192_a_row_is_from_now_whatever_it_says",
    "or03": "test_f170_what_is_not_let_through",
    "or04": "test_objects_are_linked_only_to_harmless_addresses",
    "or06": "test_f171_no_parameter_becomes_an_element",
    "or07": "test_f191_whatever_is_printed_is_text",
    "ex01": "test_f172_a_text_that_begins_like_a_formula_is_marked_and_comes_back",
    "ex03": "test_f187_a_secret_is_in_no_row_in_the_clear",
    "ex04": "test_durations_are_counted_under_names_of_ours",
    "sr01": "test_f186_a_rotation_reads_the_old_until_its_key_is_removed",
    "sr02": "test_f186_without_the_key_a_row_says_so_and_is_not_given_away",
    "sr03": "test_f188_a_secret_is_taken_out_in_every_spelling",
    "sr05": "test_f190_a_secret_of_a_job_is_not_one_of_the_service",
    "sr06": "test_inputs_arrive_as_python_values_and_secrets_are_gone_afterwards",
    "sr07": "test_f154_memory_and_environment_of_the_parts_are_closed",
    "sr08": "test_f185_two_fresh_installations_share_nothing",
    "sr10": "test_f187_a_secret_is_in_no_answer",
    "op02": "test_the_checks_for_production_find_nothing",
    "op04": "test_f196_callers_learn_one_word_per_part",
    "op05": "test_only_the_address_that_was_printed_listens",
    "op07": "test_f197_a_signal_stops_the_parts_in_their_order_with_status_0",
    "db01": "test_it_listens_on_a_private_socket_only_and_wants_a_password",
    "db02": "test_it_listens_on_a_private_socket_only_and_wants_a_password",
    "db03": "test_f154_memory_and_environment_of_the_parts_are_closed",
    "db05": "test_f155_the_job_role_reaches_data_and_nothing_of_the_service",
    "db06": "test_f21_a_commit_that_comes_after_the_reaper_fails_and_leaves_a_note",
    "db08": "test_null_characters_are_refused_by_field_or_taken_out",
    "db09": "test_f121_a_certificate_that_nobody_vouches_for_is_refused",
    "bq01": "test_f106_hostile_messages_are_settled_and_nothing_loops",
    "bq02": "test_f106_hostile_messages_are_settled_and_nothing_loops",
    "bq03": "test_f105_duplicates_late_messages_and_those_of_cancelled_runs_start_nothing",
    "bq04": "test_f122_caches_live_in_the_memory_of_their_process",
    "bq05": "test_a_broker_elsewhere_without_a_password_stops_the_start",
    "bq06": "test_an_unknown_queue_is_an_error_at_the_field",
    "zy01": "test_a_child_sees_nothing_of_the_environment_but_the_allow_list",
    "zy03": "test_f26_a_zygote_that_has_drifted_ends_instead_of_forking",
    "zy05": "test_f27_no_run_sees_anything_of_the_runs_before_it",
    "zy07": "test_f26_a_base_that_has_grown_is_replaced_and_runs_go_on",
    "zy09": "test_f154_memory_and_environment_of_the_parts_are_closed",
    "zy10": "test_when_the_owner_is_gone_everything_ends",
    "rc01": "test_f159_without_landlock_auto_goes_on_and_require_refuses",
    "rc02": "test_f151_rc03_a_run_is_what_the_list_says",
    "rc04": "test_f155_a_job_can_be_nobody_else_in_the_database",
    "rc05": "test_f18_frames_without_the_secret_of_the_run_count_for_nothing",
    "rc06": "test_a_child_that_is_killed_ends_the_run_with_the_signal_in_the_message",
    "rc07": "test_f19_whoever_breaks_the_protocol_ends_alone_and_changes_nothing",
    "rc08": "test_f20_what_authors_tell_becomes_json_and_runs_nowhere",
    "rc09": "test_f15_the_soft_limit_raises_in_the_job_and_the_hard_limit_kills_it",
    "rc10": "test_descriptors_are_given_back",
    "rc11": "test_the_working_folder_of_a_run_is_gone_afterwards",
    "rc12": "test_f22_what_changed_between_request_and_start_stops_the_run_before_any_author_code",
    "rc13": "test_f160_bubblewrap_that_does_not_work_here_is_a_refusal",
}


def test_every_row_that_is_said_to_be_covered_has_a_test_of_its_name():
    named = {part for text in _texts() for match in _NAMED.finditer(text) for part in _parts(match[1])}

    assert COVERED - named == set()


def test_every_rule_that_is_said_to_be_proven_has_its_test():
    known = {match[1] for text in _texts() for match in _ANY.finditer(text)}

    assert {rule: name for rule, name in PROVEN_BY.items() if name not in known} == {}


def _texts() -> list[str]:
    return [path.read_text(encoding="utf-8") for path in TESTS.rglob("test_*.py")]


def _parts(name: str) -> list[str]:
    return name.strip("_").split("_")
