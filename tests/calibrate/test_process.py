"""The process for many numbers at once: number by number it is scikit-learn's, and it learns what made the numbers."""

import numpy as np
import pytest
from scipy import optimize
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import RBF, ConstantKernel

from hrsim.calibrate.process import Shape, _Task, condition, learn

PLACES = np.random.default_rng(1).normal(size=(60, 3))
NEW = np.random.default_rng(2).normal(size=(25, 3))
SHAPE = Shape(np.array([0.8, 1.5, 4.0]), np.array([0.3, 2.0]), np.array([0.05, 0.4]))


def numbers_at(places):
    return np.stack([np.sin(places[:, 0]) + places[:, 1] * places[:, 2], places[:, 0] ** 2], axis=1)


def test_each_number_is_predicted_as_by_a_process_of_its_own():
    numbers = numbers_at(PLACES)
    mean, deviation = condition(SHAPE, PLACES, numbers).predict(NEW)
    for place, (size, noise) in enumerate(zip(SHAPE.sizes, SHAPE.noises, strict=True)):
        kernel = ConstantKernel(size**2) * RBF(SHAPE.lengths)
        alone = GaussianProcessRegressor(kernel, alpha=noise**2, optimizer=None).fit(
            PLACES, numbers[:, place]
        )
        exact, spread = alone.predict(NEW, return_std=True)
        np.testing.assert_allclose(mean[:, place], exact, atol=1e-8)
        np.testing.assert_allclose(deviation[:, place], spread, atol=1e-8)


def test_the_likelihood_is_that_of_processes_alone_and_its_slopes_are_right():
    numbers = numbers_at(PLACES)
    task = _Task(PLACES, numbers)
    logs = np.log(np.concatenate([SHAPE.lengths, SHAPE.sizes**2, SHAPE.noises**2]))
    exact = 0.0
    for place, (size, noise) in enumerate(zip(SHAPE.sizes, SHAPE.noises, strict=True)):
        kernel = ConstantKernel(size**2) * RBF(SHAPE.lengths)
        alone = GaussianProcessRegressor(kernel, alpha=noise**2, optimizer=None).fit(
            PLACES, numbers[:, place]
        )
        exact += alone.log_marginal_likelihood_value_
    constant = numbers.size * np.log(2.0 * np.pi)
    assert task.cost(logs)[0] == pytest.approx(-2.0 * exact - constant, rel=1e-8)
    slopes = optimize.approx_fprime(logs, lambda at: task.cost(at)[0], 1e-6)
    np.testing.assert_allclose(task.cost(logs)[1], slopes, rtol=1e-3, atol=1e-2)


def test_noise_is_learnt_below_the_stated_error_and_idle_parameters_stretch():
    generator = np.random.default_rng(3)
    places = generator.normal(size=(200, 3))
    numbers = np.stack([np.sin(places[:, 0]), places[:, 0] * places[:, 1]], axis=1)
    shape = learn(places, numbers + generator.normal(0.0, 0.1, numbers.shape), np.array([0.4, 0.12]))
    np.testing.assert_allclose(shape.noises, 0.1, rtol=0.2)
    assert shape.lengths[2] > 10.0 > 4.0 > shape.lengths[0]
