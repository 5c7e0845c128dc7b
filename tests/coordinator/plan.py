"""A plan to train on version 1.0.0, as a researcher writes it."""

PLAN = """
title = "Baseline"
dataset = "chest-radiographs"
version = "1.0.0"
network = "densenet-tiny"
strategy = "fedavg"
rounds = 3
batch_size = 8
image_size = 64
learning_rate = 0.001
"""
