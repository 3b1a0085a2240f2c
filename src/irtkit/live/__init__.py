"""Live questions to registries as journeys: generators that yield what to ask and are sent the replies.

They decide whom to ask, what, and when enough is known; nothing here opens a connection or reads a clock.
`irtkit.clients` carries the questions out.
"""
