"""The app that machines call: verify, translate, hand to the lifecycle, render. No decisions."""
