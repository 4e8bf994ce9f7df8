"""Inbox: mail that comes in, by LMTP, through a pipe, or from a mailbox that is read over IMAP.

A message is *kept*, exactly as it came, before whoever brought it is told that it was taken. A job *sorts*
it: the first *sorter* that knows what it is settles it as *done*, *refused* or *held* (a person decides).
"""
