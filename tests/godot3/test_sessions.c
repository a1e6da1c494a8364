/* test_sessions: recorded sessions of Godot 3 with ours in place of the host, or of a client. */
#include <criterion/criterion.h>

#include "tests/godot3/nodes.h"

Test(sessions, our_host_in_the_game_of_bots)
{
    replay_run("demo_bots_host", class_called);
}

Test(sessions, our_clients_in_the_game_of_bots)
{
    replay_run("demo_bots_client1", class_called);
    replay_run("demo_bots_client2", class_called);
    replay_run("demo_bots_client3", class_called);
}

Test(sessions, our_host_in_the_game_that_was_played_by_hand)
{
    replay_run("demo_gui_host", class_called);
}

Test(sessions, our_clients_in_the_game_that_was_played_by_hand)
{
    replay_run("demo_gui_client1", class_called);
    replay_run("demo_gui_client2", class_called);
    replay_run("demo_gui_client3", class_called);
}

Test(sessions, our_host_is_called_in_every_way)
{
    replay_run("torture_client_host", class_called);
}

Test(sessions, our_client_calls_in_every_way)
{
    replay_run("torture_client_client2", class_calling);
}

Test(sessions, our_client_hears_what_another_calls)
{
    replay_run("torture_client_client1", class_called);
}

Test(sessions, our_host_calls_in_every_way)
{
    replay_run("torture_server_host", class_calling);
}

Test(sessions, our_clients_are_called_in_every_way)
{
    replay_run("torture_server_client1", class_called);
    replay_run("torture_server_client2", class_called);
}

Test(sessions, our_host_takes_odd_packets_as_godot_does)
{
    replay_run("edge_host", class_called);
}

Test(sessions, our_client_says_a_path_until_its_id_is_confirmed)
{
    replay_run("edge_flow_client", class_calling);
    replay_run("edge_two_peers_client", class_calling);
    replay_run("edge_peer_again_client", class_calling);
    replay_run("edge_set_client", class_calling);
}
