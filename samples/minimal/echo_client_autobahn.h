/* echo_client_autobahn: a client for the Autobahn suite's fuzzing server, and for those that speak
 * like it.
 */
#ifndef MINIMAL_ECHO_CLIENT_AUTOBAHN_H
#define MINIMAL_ECHO_CLIENT_AUTOBAHN_H

#include <meeple/net.h>

/*
 * Asks url/getCaseCount, gives back what comes at url/runCase?case=I&agent=AGENT for each case
 * until the server closes, then opens url/updateReports?agent=AGENT.  Says how far it is.  options:
 * how to connect; limits that were not chosen are raised to what the suite needs.  Returns an exit
 * status: 0 if every connection came up and everything could be given back; what a case is about
 * may end its connection in any way.
 */
int echo_autobahn(const char *url, const char *agent, const meeple_connect_options *options);

#endif /* MINIMAL_ECHO_CLIENT_AUTOBAHN_H */
