"""A switchboard to play with: what Asterisk says over its Manager Interface and writes into queue_log, without it.

`python -m sandbox.switchboard --port 5038 --queue-log var/queue_log --knobs 5039`. All of it is in the memory of one
process and ends with it. It imports nothing of the house and nothing of the house imports it: the wire joins them.

From the bottom: `clock`, `wire`, `words` (how a generation of Asterisk writes what happens), `channels`, `telephones`,
`queue_log`, `queues`; `exchange` holds them together; `dialling`, `conversations`, `waiting`, `dialplan`, `originating`
and `callers` are what happens to a call; `actions`, `connections`, `knobs` and `doors` let others in.
"""
