"""The domain: no input or output, no clock, no locale, no global."""
