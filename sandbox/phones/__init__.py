"""Phones that are browsers: who is registered, who hears whom, and the signalling that lets them talk by WebRTC."""
