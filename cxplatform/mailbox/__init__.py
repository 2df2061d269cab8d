"""The demo's mailbox: what was sent, as an SMTP server received it; routed only in the demo."""
